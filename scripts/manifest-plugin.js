// What the Custom Elements Manifest analyzer has to be told of the element's code, as a plugin of it: events have their
// types in an interface, attributes are listed in one place and described in another, and a manifest for users has
// nothing in it that is private.

/** @import * as TypeScript from 'typescript' */
/** @import { Manifest, Member, Named, Untidy } from './element-manifest.js' */

const MODULE = 'www/photo-caption.js';

/** What the browser calls, and nobody else. @param {Member} member */
const isForBrowser = ({ name, static: isStatic }) => /Callback$/.test(name) || (isStatic && name === 'formAssociated');

export function elementPlugin() {
  /** @type {Named[]} */
  const events = [];
  /** @type {string[]} */
  const attributes = [];
  return {
    name: 'photo-caption',
    /** @param {{ ts: typeof TypeScript, node: TypeScript.Node }} step */
    collectPhase({ ts, node }) {
      if (ts.isInterfaceDeclaration(node) && node.name.text === 'PhotoCaptionEvents') {
        for (const member of node.members.filter(ts.isPropertySignature)) {
          const [comment] = ts.getJSDocCommentsAndTags(member);
          events.push({
            name: /** @type {TypeScript.StringLiteral | TypeScript.Identifier} */ (member.name).text,
            type: { text: member.type?.getText().replaceAll('; ', ', ') ?? 'CustomEvent' },
            description: ts.getTextOfJSDocComment(comment?.comment),
          });
        }
      }
      if (ts.isVariableDeclaration(node) && node.name.getText() === 'PROPERTIES') {
        const visit = (/** @type {TypeScript.Node} */ part) => {
          if (ts.isArrayLiteralExpression(part)) {
            attributes.push(...part.elements.filter(ts.isStringLiteral).map(({ text }) => text));
          } else ts.forEachChild(part, visit);
        };
        visit(node);
      }
    },
    /** @param {{ customElementsManifest: Manifest }} step */
    packageLinkPhase({ customElementsManifest: manifest }) {
      manifest.schemaVersion = '2.1.0';
      manifest.readme = 'docs/EMBEDDING.md';
      manifest.modules = manifest.modules.filter(({ path }) => path === MODULE);
      const [module] = manifest.modules;
      module.declarations = module.declarations.filter(({ customElement }) => customElement);
      const [element] = module.declarations;
      element.superclass = { name: 'HTMLElement', package: 'global:' };
      element.members = element.members.filter((member) => member.privacy !== 'private' && !isForBrowser(member));
      for (const member of element.members) finishMember(member);
      for (const attribute of element.attributes) finishAttribute(attribute);
      const described = new Set(element.attributes.map(({ name }) => name));
      // One without a description is one that was forgotten.
      element.attributes.push(...attributes.filter((name) => !described.has(name)).map((name) => ({ name })));
      // What `#dispatch` is given, the analyzer does not see.
      element.events = [...events, ...element.events.filter(({ description }) => description)];
      for (const property of element.cssProperties) {
        property.syntax = property.type?.text;
        delete property.type;
      }
      unwrapDescriptions(element);
    },
  };
}

/** A getter's type is what it returns. @param {Member} member */
function finishMember(member) {
  if (member.return) member.type = member.return.type;
  if (member.attribute) member.reflects = true;
  delete member.return;
  // Of a setter.
  delete member.parameters;
  delete member.inheritedFrom;
}

/** No attribute is null. @param {Named & Untidy} attribute */
function finishAttribute(attribute) {
  const text = attribute.return?.type.text ?? attribute.type?.text;
  if (text) attribute.type = { text: text.replace(' | null', '') };
  delete attribute.return;
  delete attribute.inheritedFrom;
}

/** Lines of a comment are no lines of a sentence. @param {unknown} value */
function unwrapDescriptions(value) {
  if (!value || typeof value !== 'object') return;
  for (const [key, part] of Object.entries(value)) {
    if (key === 'description' && typeof part === 'string')
      Object.assign(value, { [key]: part.replace(/\s*\n\s*/g, ' ') });
    else unwrapDescriptions(part);
  }
}

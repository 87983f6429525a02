// What editors want to know of the element, made of its manifest: VS Code's custom data for HTML, and JetBrains'
// web types.

/** @import { ElementDoc, Manifest, Named } from './element-manifest.js' */

/** The strings that a type such as `'auto' | 'cpu'` names. @param {Named} attribute */
const valuesOf = ({ type }) => [...(type?.text ?? '').matchAll(/'([^']+)'/g)].map(([, name]) => name);

/** @param {Named} attribute */
const isBoolean = ({ type }) => type?.text === 'boolean';

/** Both files, by their names. @param {Manifest} manifest @param {string} version of the package */
export function editorData(manifest, version) {
  const [element] = manifest.modules[0].declarations;
  return {
    'vscode.html-custom-data.json': htmlCustomData(element),
    'web-types.json': webTypes(element, version),
  };
}

/** @param {ElementDoc} element */
function htmlCustomData({ tagName, summary, description, attributes }) {
  return {
    version: 1.1,
    tags: [
      {
        name: tagName,
        description: `${summary}\n\n${description}`,
        attributes: attributes.map((attribute) => ({
          name: attribute.name,
          description: attribute.description,
          // Of which no value is needed.
          ...(isBoolean(attribute) && { valueSet: 'v' }),
          ...(valuesOf(attribute).length && { values: valuesOf(attribute).map((name) => ({ name })) }),
        })),
      },
    ],
  };
}

/** @param {ElementDoc} element @param {string} version */
function webTypes(element, version) {
  const { tagName, summary, description, attributes, events, slots, members, cssParts, cssProperties, cssStates } =
    element;
  const named = (/** @type {Named[]} */ list) => list.map(({ name, description }) => ({ name, description }));
  const typed = (/** @type {Named[]} */ list) =>
    list.map(({ name, description, type }) => ({ name, description, type: type?.text }));
  return {
    $schema: 'https://json.schemastore.org/web-types',
    name: 'sightline',
    version,
    'description-markup': 'markdown',
    contributions: {
      html: {
        elements: [
          {
            name: tagName,
            description: `${summary}\n\n${description}`,
            attributes: attributes.map((attribute) => ({
              name: attribute.name,
              description: attribute.description,
              default: attribute.default,
              value: {
                type: isBoolean(attribute) ? 'boolean' : (attribute.type?.text ?? 'string'),
                required: !isBoolean(attribute),
              },
            })),
            slots: named(slots),
            js: { properties: typed(members.filter(({ static: isStatic }) => !isStatic)), events: typed(events) },
            css: {
              properties: named(cssProperties),
              parts: named(cssParts),
              'pseudo-classes': cssStates.map(({ name, description }) => ({ name: `state(${name})`, description })),
            },
          },
        ],
      },
    },
  };
}

// A Custom Elements Manifest, as far as it is read here; the analyzer's own names for what is in it.

export interface Type {
  text: string;
}

export interface Named {
  name: string;
  description?: string;
  type?: Type;
  default?: string;
}

/** With what the analyzer leaves for others to tidy. */
export interface Untidy {
  return?: { type: Type };
  parameters?: Named[];
  inheritedFrom?: object;
}

export interface Member extends Named, Untidy {
  kind: string;
  static?: boolean;
  privacy?: string;
  attribute?: string;
  reflects?: boolean;
}

export interface ElementDoc {
  name: string;
  tagName: string;
  summary: string;
  description: string;
  customElement?: boolean;
  superclass: object;
  attributes: (Named & Untidy)[];
  members: Member[];
  events: Named[];
  slots: Named[];
  cssParts: Named[];
  cssStates: Named[];
  cssProperties: (Named & { syntax?: string })[];
}

export interface Manifest {
  schemaVersion: string;
  readme: string;
  modules: { path: string; declarations: ElementDoc[] }[];
}

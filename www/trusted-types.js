// Addresses of scripts for pages that require Trusted Types. Such a page allows the policy that stands here by its name.

/** @typedef {{ createScriptURL: (address: string) => string }} Policy */

/** @type {Policy | undefined} */
let policy;

/**
 * The address of a script of ours as browsers want it. Where a page refuses the policy it is a plain one: the page may
 * require nothing for all that, or have a policy for whatever is plain.
 * @param {string | URL} address
 */
export function trustedAddress(address) {
  /** @type {typeof globalThis & { trustedTypes?: { createPolicy: (name: string, rules: Policy) => Policy } }} */
  const { trustedTypes } = globalThis;
  try {
    policy ??= trustedTypes?.createPolicy('sightline', { createScriptURL: (address) => address });
  } catch {
    return address;
  }
  return policy?.createScriptURL(`${address}`) ?? address;
}

/** Whether there are Trusted Types, and no policy of ours. */
export const isPolicyRefused = () => 'trustedTypes' in globalThis && !policy;

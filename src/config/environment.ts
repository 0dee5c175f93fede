// Puts values of the environment where a person wrote ${NAME} in a value of the config file. `$${NAME}` stands for the
// text ${NAME} itself. What comes from the environment is taken as it is and not looked into again.

interface Filled {
  readonly text: string;
  /** Each thing that is wrong, as a sentence. */
  readonly faults: readonly string[];
}

/** Longest value that is looked through for references. */
const MAX_LENGTH = 8192;

const REFERENCE = /\$\$\{|\$\{([^}]*)\}?/g;

/** True when the text has anything that `fillIn` would change or refuse. */
export function hasReference(text: string): boolean {
  return text.includes('${');
}

/**
 * Replaces every ${NAME}. Inside the user info of an address (`rtsp://admin:${PASSWORD}@…`) the value is
 * percent-encoded, so that any character of a password survives.
 */
export function fillIn(text: string, env: Readonly<Record<string, string | undefined>>): Filled {
  if (text.length > MAX_LENGTH) {
    return { text, faults: [`a value with "\${" in it is longer than ${MAX_LENGTH} characters`] };
  }
  const faults: string[] = [];
  const filled = text.replace(REFERENCE, (whole: string, name: string | undefined, offset: number) => {
    if (name === undefined) return '${';
    if (!whole.endsWith('}') || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      faults.push('"${" must be followed by the name of a variable and "}"; the text "${" itself is written "$${"');
      return whole;
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined) {
      faults.push(`the environment has no variable ${name}: set it, or write the value here`);
      return whole;
    }
    return inUserInfo(text, offset, whole.length) ? encodeURIComponent(value.toWellFormed()) : value;
  });
  return { text: filled, faults };
}

function inUserInfo(text: string, offset: number, length: number): boolean {
  return /^[a-z][a-z0-9+.:-]*:\/\/[^/?#@]*$/i.test(plainBefore(text, offset)) && text.includes('@', offset + length);
}

/** What stands before, with other references made plain, since their names say nothing of an address. */
function plainBefore(text: string, offset: number): string {
  return text.slice(0, offset).replace(/\$\{[^}]*\}/g, '_');
}

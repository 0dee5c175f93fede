// How one camera took the password, from session to session: who asks for it in clear after the camera took it by Digest
// is another device at its address, or has been tampered with. Sources keep one each; control seeds it (see CameraSpec).

import type { Login } from '../media/types.ts';

/** One for a camera and its credentials. It lasts as long as its owner: nothing is written anywhere. */
export class LoginMemory {
  #login: Login | null;

  /** `login`: what is known already. Default: nothing. */
  constructor(login: Login | null = null) {
    this.#login = login;
  }

  /** How the camera took the password; Digest once it did. Null: it never asked for it. */
  get login(): Login | null {
    return this.#login;
  }

  /** The password was taken this way. */
  note(login: Login): void {
    if (this.#login !== 'digest') this.#login = login;
  }
}

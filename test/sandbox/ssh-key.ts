import ssh2 from 'ssh2'

export interface SshKey {
  /** In OpenSSH's format. */
  readonly private: string
  readonly public: string
}

const TRIES = 20

/** A new ed25519 key. ssh2 writes one in some dozens in a form that it cannot read itself: that one is thrown away. */
export function makeSshKey(): SshKey {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519')
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair
  }
  throw new Error(`ssh2 made ${TRIES} keys and could read none of them`)
}

import {describe, expect, it} from 'vitest'
import {decrypt, encrypt, seal, unseal} from './envelope.ts'

const SECRET_KEY = 'gha-test-secret'
const DATA_KEY =
  '2a5957567a4c574e6d59672a616263646566676830313233343536373839616263646566ec38d1d8dac4b7af3131c8255baf7de9'
const VALUE = 'I2EybGtNUSMqWVdWekxXTm1ZZyphYmNkZWZnaDAxMjM0NTY3ODlhYmNkZWZOQeYPSYJhy9D48EuakrpoGKU6nnJ0'

describe('the encryption envelope', () => {
  it('opens the known vector: data key by secret key, value by data key', () => {
    const dek = decrypt(Buffer.from(DATA_KEY, 'hex'), SECRET_KEY)
    expect(dek.toString('hex')).toBe('00112233445566778899aabbccddeeff')
    const {keyId, inner} = unseal(Buffer.from(VALUE, 'base64'))
    expect(keyId).toBe('kid1')
    expect(decrypt(inner, dek).toString()).toBe('{"password":"hunter2"}')
  })

  it('opens what it sealed, marked as aes-cfb', () => {
    const dek = Buffer.alloc(16, 7)
    const sealed = seal(Buffer.from('secret'), {id: 'key-1', dek})
    const {keyId, inner} = unseal(sealed)
    expect(keyId).toBe('key-1')
    expect(inner.toString('latin1')).toMatch(/^\*YWVzLWNmYg\*/)
    expect(decrypt(inner, dek).toString()).toBe('secret')
  })

  it('gives garbage and no error for a wrong key', () => {
    const payload = encrypt(Buffer.from('secret'), 'one')
    expect(decrypt(payload, 'two').toString()).not.toBe('secret')
  })
})

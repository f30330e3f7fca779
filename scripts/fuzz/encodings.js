// @ts-check
// How proxies write certificates, written anew and not with the decoders’ own means.

/** @param {readonly Uint8Array[]} parts */
export function base64(...parts) {
  return Buffer.concat(parts).toString('base64')
}

/** @param {readonly Uint8Array[]} certificates */
export function pem(...certificates) {
  const blocks = certificates.map((der) => {
    const lines = base64(der).replaceAll(/.{64}(?=.)/gu, '$&\n')
    return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
  })
  return blocks.join('')
}

/** As nginx and Envoy escape. @param {readonly Uint8Array[]} certificates */
export function percent(...certificates) {
  return encodeURIComponent(pem(...certificates))
}

/** As AWS escapes. @param {readonly Uint8Array[]} certificates */
export function partly(...certificates) {
  return percent(...certificates)
    .replaceAll('%2B', '+')
    .replaceAll('%2F', '/')
}

/** As Apache httpd writes line ends. @param {readonly Uint8Array[]} certificates */
export function spaced(...certificates) {
  return pem(...certificates)
    .replaceAll('\n', ' ')
    .trimEnd()
}

/** @param {Uint8Array} der */
export function item(der) {
  return `:${base64(der)}:`
}

/** @param {readonly Uint8Array[]} certificates */
export function list(...certificates) {
  return certificates.map(item).join(', ')
}

import { readTrace } from '#cli/probe/read-trace.js'
import { countPublicRoots, nameOfLine } from '#cli/probe/authority-name.js'
import t from 'tap'

const begun = '    ClientHello, Length=10\n    ServerHello, Length=76\n'
const request = `${begun}    CertificateRequest, Length=77\n`
const extension = '        extension_type=certificate_authorities(47), length='
const name = '00 1d 00 1b 30 19 31 17-30 15 06 03 55 04 03'

t.test('what is not a trace says nothing', async (t) => {
  const nothing = { isSpoken: null, isRequested: null, authorities: null }
  for (const text of ['', 'Segmentation fault', begun.replace('ClientHello, ', '')]) {
    t.strictSame(readTrace(text), nothing)
  }
})

t.test('without an answer, the version is not spoken', async (t) => {
  t.match(readTrace('    ClientHello, Length=10\n'), { isSpoken: false, isRequested: null })
})

t.test('without the message, no certificate is asked for', async (t) => {
  for (const end of ['ServerHelloDone, Length=0', 'Finished, Length=48']) {
    const whole = `${begun}    ${end}\n`
    t.strictSame(readTrace(whole), { isSpoken: true, isRequested: false, authorities: [] })
  }
  t.strictSame(readTrace(begun), { isSpoken: true, isRequested: null, authorities: null })
})

t.test('a request may name nobody', async (t) => {
  t.match(readTrace(`${request}      certificate_types (len=1)\n`), {
    isRequested: true,
    authorities: [],
  })
  t.match(readTrace(`${request}      certificate_authorities (len=0)\n`), { authorities: [] })
})

t.test('reads names of TLS 1.2 in the form of OpenSSL', async (t) => {
  const lines = [
    '      certificate_authorities (len=60)\n',
    '        DistinguishedName (len=27): CN = Test Client CA\n',
    '        DistinguishedName (len=29): O = "Example, \\"Inc.\\"", CN = a\\,b\n',
    '\nReceived Record\n        DistinguishedName (len=1): CN = of another message\n',
  ]
  const { authorities } = readTrace(request + lines.join(''))
  t.strictSame(
    authorities?.map(({ key }) => key),
    ['["test client ca"]', '["example, \\"inc.\\"","a,b"]'],
  )
})

t.test('reads a name whose value is no text', async (t) => {
  const bytes = '00 11 00 0f 30 0d 31 0b 30 09 06 03 55 04 2d 03'
  const dump = `${extension}19\n          0000 - ${bytes}   ..\n          0010 - 02 00 ff   ..\n`
  const { authorities } = readTrace(request + dump)
  t.strictSame(
    authorities?.map(({ key }) => key),
    ['["030200ff"]'],
  )
})

t.test('names that are not all there are not known', async (t) => {
  const one = '        DistinguishedName (len=27): CN = Test Client CA\n'
  t.match(readTrace(`${request}      certificate_authorities (len=60)\n${one}`), {
    isRequested: true,
    authorities: null,
  })
  t.match(readTrace(`${request}${extension}31\n          0000 - ${name}   ..\n`), {
    authorities: null,
  })
  t.match(readTrace(`${request}${extension}31\n          something else\n`), { authorities: null })
})

t.test('names that are no names are not known', async (t) => {
  for (const bytes of ['00 04 00 02 31 00', '00 04 00 09 30 00', '00 03 30']) {
    const length = bytes.split(' ').length
    const dump = `${request}${extension}${length}\n          0000 - ${bytes}   ..\n`
    t.match(readTrace(dump), { authorities: null }, bytes)
  }
})

t.test('writes a name as RFC 4514 does, whatever its characters', async (t) => {
  const { text, key } = nameOfLine(
    String.raw`C = SE, O = Bj\C3\B6rn\, AB, emailAddress = a@b.example`,
  )
  t.equal(text, String.raw`E=a@b.example,O=Björn\, AB,C=SE`)
  t.equal(key, '["se","björn, ab","a@b.example"]')
})

t.test('counts what browsers trust', async (t) => {
  t.equal(countPublicRoots([]), 0)
  const named = nameOfLine('C = US, O = Internet Security Research Group, CN = ISRG Root X1')
  t.equal(countPublicRoots([named, nameOfLine('CN = Test Client CA')]), 1)
})

import { describeNames } from '#cli/certificate/describe-names.js'
import type { PeerCertificate } from '@peergate/core'
import t from 'tap'

t.test('writes names of every type behind their type', async (t) => {
  const der = Buffer.from('0c0161', 'hex')
  const names: PeerCertificate['subjectAlternativeNames'] = [
    { type: 'registeredID', value: '1.2.3' },
    { type: 'x400Address', der },
    { type: 'ediPartyName', der },
    { type: 'directoryName', value: [[{ typeId: '2.5.4.3', text: 'a', der }]] },
    { type: 'otherName', typeId: '1.2.3', value: { text: null, der } },
    { type: 'otherName', typeId: '1.3.6.1.4.1.311.20.2.3', value: { text: 'a@b', der } },
    { type: 'iPAddress', bytes: Buffer.from('20010db8000000000000000000000001', 'hex') },
  ]
  t.strictSame(describeNames({ subjectAlternativeNames: names } as unknown as PeerCertificate), [
    'registered ID 1.2.3',
    'x400Address 0c0161',
    'ediPartyName 0c0161',
    'directory name CN=a',
    'other name 1.2.3 0c0161',
    'UPN a@b',
    'IP 2001:db8:0:0:0:0:0:1',
  ])
})

import { explainAnswer } from '#cli/probe/explain-answer.js'
import t from 'tap'

t.test('takes no page without a text for the application’s', async (t) => {
  t.match(explainAnswer({ status: 400, body: '' }, 'nobody', 'HEAD'), {
    outcome: 'failed',
    layer: 'http',
  })
  t.match(explainAnswer({ status: 200, body: '' }, 'nobody', 'HEAD'), { outcome: 'answered' })
})

t.test('tells the answer of an application from a page of its server', async (t) => {
  const page = { status: 400, body: '<center>The SSL certificate error</center>' }
  t.match(explainAnswer(page, 'own'), { outcome: 'refused', layer: 'http', remedy: /issuer/u })
  t.match(explainAnswer(page, 'stranger'), { outcome: 'refused', layer: 'http', remedy: null })
  t.match(explainAnswer({ status: 400, body: 'no' }, 'own'), { outcome: 'answered' })
  t.match(explainAnswer({ status: 401, body: '' }, 'nobody'), { outcome: 'denied', code: null })
  const denied = { status: 403, body: '{"code":"ERR_PEERGATE_PERMISSION_DENIED"}' }
  t.match(explainAnswer(denied, 'own'), {
    outcome: 'denied',
    layer: 'application',
    code: 'ERR_PEERGATE_PERMISSION_DENIED',
    remedy: /look at the identity/u,
  })
})

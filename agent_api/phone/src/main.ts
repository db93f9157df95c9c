// Begins: reads who is on this phone, shows the first screen, keeps the app for offline use.

import { createApp } from 'vue'

import { app, lock, networkUp, start } from './app'
import '../../../server/console/static/tokens.css'
import './design/base.css'
import './design/print.css'
import { watchIdle } from './idle'
import { follow } from './router'
import AppFrame from './screens/AppFrame.vue'
import { applyLanguage } from './texts/say'
import { apply } from './texts/sizes'
import { register } from './worker/register'

apply()
applyLanguage()
follow()
createApp(AppFrame).mount('#app')
// What a person waits for comes first; keeping the app itself can wait for it.
void start().then(register)
watchIdle(() => {
  if (app.phase === 'open') void lock()
})
addEventListener('online', networkUp)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') networkUp()
})

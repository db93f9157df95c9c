// Begins: reads who is on this phone, shows the first screen, keeps the app for offline use.

import { createApp } from 'vue'

import { networkUp, start } from './app'
import './design/tokens.css'
import './design/base.css'
import { follow } from './router'
import AppFrame from './screens/AppFrame.vue'
import { register } from './worker/register'

follow()
createApp(AppFrame).mount('#app')
void start()
void register()
addEventListener('online', networkUp)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') networkUp()
})

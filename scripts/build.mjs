// npm run build: makes dist/.
import { setUp } from './setup.mjs'

setUp()

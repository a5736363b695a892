export { adaptiveSde } from './adaptive-sde.ts'
export { rk45 } from './rk45.ts'

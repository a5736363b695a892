import { RandomStream } from '../base/index.ts'
import { writeInto } from '../data/picture/pictures.test-helper.ts'
import { encodePng } from '../files/index.ts'

/** Writes `count` pictures of 6 × 6 into the folders left and right: bright on that side, every third one left. */
export function writeSides(folder: string, count: number): void {
  const noise = new RandomStream({ seed: 1, name: 'pictures' }).uniform({ first: 0, count, width: 36 })
  for (let i = 0; i < count; i++) {
    const isLeft = i % 3 === 0
    const bytes = Uint8Array.from(
      { length: 36 },
      (_, k) => 20 + 60 * noise[36 * i + k]! + (k % 6 < 3 === isLeft ? 150 : 0),
    )
    const png = encodePng({ width: 6, height: 6, channels: 1, bytes })
    writeInto(folder, `${isLeft ? 'left' : 'right'}/${String(i).padStart(2, '0')}.png`, png)
  }
}

import assert from 'node:assert/strict'
import test from 'node:test'

import { arrange, count, duration, layout, mark, summary, ticks } from './timeline.js'

const batch = (loader, round, startMicros, micros, size = 1) => ({ loader, round, startMicros, micros, size })
const shape = (trace) =>
  layout(trace).rounds.map((r) => [
    r.round,
    r.from,
    r.to,
    r.lanes.map((l) => [l.loader, l.bars.map((b) => b.startMicros)]),
  ])

test('a round holds a lane for each loader, rounds in order', () => {
  const trace = {
    micros: 100,
    batches: [batch('users', 2, 50, 20), batch('users', 1, 10, 20), batch('posts', 1, 12, 30)],
  }
  assert.deepEqual(shape(trace), [
    [
      1,
      10,
      42,
      [
        ['users', [10]],
        ['posts', [12]],
      ],
    ],
    [2, 50, 70, [['users', [50]]]],
  ])
})

test('batches of one loader share a lane only if they do not overlap', () => {
  const trace = {
    micros: 100,
    batches: [
      batch('users', 1, 0, 30),
      batch('users', 1, 10, 30),
      batch('users', 1, 30, 10),
      batch('users', 1, 40, 1),
    ],
  }
  assert.deepEqual(shape(trace), [
    [
      1,
      0,
      41,
      [
        ['users', [0, 30, 40]],
        ['users', [10]],
      ],
    ],
  ])
})

test('the span covers a batch that ended after the request', () => {
  assert.equal(layout({ micros: 100, batches: [batch('users', 1, 90, 30)] }).span, 120)
  assert.equal(layout({ micros: 100, batches: [] }).span, 100)
  assert.equal(layout({ micros: 0, batches: [] }).span, 1)
})

test('the order of the arrow keys is that of time, across rounds and loaders', () => {
  const trace = { micros: 9, batches: [batch('b', 2, 5, 1), batch('a', 1, 0, 1), batch('b', 1, 2, 1)] }
  assert.deepEqual(
    layout(trace).order.map((b) => [b.startMicros, b.index]),
    [
      [0, 1],
      [2, 2],
      [5, 0],
    ],
  )
})

test('ticks are round, start at 0, stay within the span, and are few', () => {
  assert.deepEqual(ticks(12345, 8), [0, 2000, 4000, 6000, 8000, 10000, 12000])
  assert.deepEqual(ticks(1000, 5), [0, 200, 400, 600, 800, 1000])
  assert.deepEqual(ticks(3, 8), [0, 1, 2, 3])
  for (let span = 1; span < 5e7; span = Math.ceil(span * 1.37)) {
    const marks = ticks(span, 8)
    assert.ok(marks.length >= 2 && marks.length <= 9, `${span}: ${marks}`)
    assert.ok(marks.at(-1) <= span)
  }
})

test('durations', () => {
  assert.deepEqual([0, 850, 999.6, 1000, 12345, 123456, 2_500_000].map(duration), [
    '0 µs',
    '850 µs',
    '1000 µs',
    '1.00 ms',
    '12.3 ms',
    '123 ms',
    '2.50 s',
  ])
})

test('marks on the axis have no needless decimals', () => {
  assert.deepEqual([0, 200, 500_000, 2000, 2500, 12000, 1_500_000].map(mark), [
    '0',
    '200 µs',
    '500 ms',
    '2 ms',
    '2.5 ms',
    '12 ms',
    '1.5 s',
  ])
})

test('counts have their plural', () => {
  assert.deepEqual(
    [count(0, 'key'), count(1, 'key'), count(1234, 'batch', 'batches')],
    ['0 keys', '1 key', '1,234 batches'],
  )
})

test('the summary', () => {
  const trace = { rounds: 3, statements: 4, micros: 12345, batches: [1, 2, 3, 3].map((round) => ({ round })) }
  assert.equal(summary(trace), '3 rounds, 4 batches, 4 statements, 12.3 ms')
  assert.equal(
    summary({ ...trace, rounds: 1, statements: 1, batches: [{ round: 0 }, { round: 1 }] }),
    '1 round, 1 batch, 1 statement, 12.3 ms',
  )
  assert.equal(summary({ ...trace, naive: true }), '4 statements, 12.3 ms')
})

test('words go after the bar, or inside, or before it, or nowhere', () => {
  const alone = (left, right, words, width) => arrange([{ left, right, words }], width)[0]
  assert.equal(alone(100, 120, 60, 180), 'after')
  assert.equal(alone(100, 160, 60, 179), 'inside')
  assert.equal(alone(100, 120, 60, 179), 'before')
  assert.equal(alone(50, 70, 60, 129), 'nowhere')
})

test('words never lie over a bar, or over the words of another', () => {
  const words = 60
  assert.deepEqual(
    arrange(
      [
        { left: 0, right: 10, words },
        { left: 80, right: 90, words },
        { left: 100, right: 105, words },
      ],
      165,
    ),
    ['after', 'nowhere', 'after'],
  )
  assert.deepEqual(
    arrange(
      [
        { left: 0, right: 10, words },
        { left: 130, right: 140, words },
      ],
      150,
    ),
    ['after', 'before'],
  )
  assert.deepEqual(
    arrange(
      [
        { left: 0, right: 10, words },
        { left: 129, right: 140, words },
      ],
      150,
    ),
    ['after', 'nowhere'],
  )
})

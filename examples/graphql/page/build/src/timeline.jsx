// The time line: a band for each round, a lane for each loader in it, a bar for each batch. Bars are buttons; the arrow
// keys go from one to the next in time, so that a run of hundreds is still one tab stop.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'

import { colourOf } from './colour.js'
import { Details } from './details.jsx'
import { arrange, count, duration, end, layout, mark, ticks } from './timeline.js'

const LETTER = 6.6 // px: about the width of a letter of the bars' words

export function TimeLine({ trace }) {
  const { span, rounds, order } = useMemo(() => layout(trace), [trace])
  const [ruler, width] = useWidth()
  const [stop, setStop] = useState(0) // which bar the tab key reaches, as a place in order
  const details = useDetails(trace)
  const buttons = useRef([])
  useEffect(() => setStop(0), [trace])

  const x = (t) => (t / span) * width
  const goTo = (to) => {
    const target = Math.max(0, Math.min(order.length - 1, to))
    setStop(target)
    buttons.current[order[target].index]?.focus()
  }
  const onKeyDown = (event) => {
    const step = {
      ArrowRight: stop + 1,
      ArrowDown: stop + 1,
      ArrowLeft: stop - 1,
      ArrowUp: stop - 1,
      Home: 0,
      End: order.length - 1,
    }[event.key]
    if (step === undefined) return
    event.preventDefault()
    goTo(step)
  }
  const lane = (bars) => {
    const boxes = bars.map((batch) => {
      const left = x(batch.startMicros)
      const label = labelOf(batch, trace.naive)
      return { left, right: Math.max(x(end(batch)), left + 3), words: (label.join(' ').length + 2) * LETTER, label }
    })
    const places = arrange(boxes, width)
    return bars.map((batch, i) => (
      <Bar
        key={batch.index}
        ref={(element) => {
          buttons.current[batch.index] = element
        }}
        batch={batch}
        box={boxes[i]}
        words={places[i]}
        tabIndex={order[Math.min(stop, order.length - 1)].index === batch.index ? 0 : -1}
        described={details.shown?.batch.index === batch.index}
        onFocus={(event) => {
          setStop(order.indexOf(batch))
          details.show(batch, event.currentTarget)
        }}
        onPointerEnter={(event) => details.show(batch, event.currentTarget)}
        onLeave={details.hideSoon}
      />
    ))
  }
  return (
    <div className="timeline" onKeyDown={onKeyDown} onScroll={details.hide}>
      <div className="axis" aria-hidden="true">
        <div className="track" ref={ruler}>
          {width > 0 &&
            ticks(span, Math.max(2, Math.floor(width / 90)))
              .filter((t) => x(t) < width - 30)
              .map((t) => (
                <span key={t} className="tick" style={{ left: x(t) }}>
                  {mark(t)}
                </span>
              ))}
        </div>
      </div>
      {rounds.map(({ round, from, to, lanes }) => (
        <div key={round} className="round" role="group" aria-label={round ? `Round ${round}` : 'Without a loader'}>
          {lanes.map(({ loader, bars }, i) => (
            <div key={i} className="lane">
              <span className="round-name">{i === 0 && (round ? `Round ${round}` : 'No loader')}</span>
              <span className="loader-name" title={loader}>
                <i className="dot" style={{ '--bar': colourOf(loader) }} aria-hidden="true" />
                {loader}
                {bars.length > 1 && <span className="times"> × {bars.length}</span>}
              </span>
              <div className="track">
                {round > 0 && <div className="band" style={{ left: x(from), width: Math.max(x(to) - x(from), 3) }} />}
                {width > 0 && lane(bars)}
              </div>
            </div>
          ))}
        </div>
      ))}
      {details.shown && (
        <Details {...details.shown} onPointerEnter={details.keep} onPointerLeave={details.hideSoon} />
      )}
    </div>
  )
}

// labelOf is what stands at a bar: a number of keys, which says nothing in a naive run, and the time.
const labelOf = (batch, naive) => [
  batch.error ? 'failed' : naive ? '' : count(batch.size, 'key'),
  duration(batch.micros),
]

function Bar({ ref, batch, box, words, tabIndex, described, onFocus, onPointerEnter, onLeave }) {
  const [keys, time] = box.label
  const when = batch.round ? `round ${batch.round}` : 'without a loader'
  return (
    <button
      ref={ref}
      type="button"
      className={`bar words-${words}${batch.error ? ' error' : ''}`}
      style={{ left: box.left, width: box.right - box.left, '--bar': colourOf(batch.loader) }}
      tabIndex={tabIndex}
      aria-label={`${batch.loader}, ${when}, ${count(batch.size, 'key')}, ${time}${batch.error ? ', failed' : ''}`}
      aria-describedby={described ? 'batch-details' : undefined}
      onFocus={onFocus}
      onBlur={onLeave}
      onPointerEnter={onPointerEnter}
      onPointerLeave={onLeave}
    >
      <span className="words" aria-hidden="true">
        <b>{keys}</b> {time}
      </span>
    </button>
  )
}

// useDetails holds which batch the tooltip is about. It stays while the pointer goes from the bar to it, so that SQL
// can be selected, and goes with Escape, with a click elsewhere and with the trace.
function useDetails(trace) {
  const [shown, setShown] = useState(null)
  const timer = useRef()
  const keep = () => clearTimeout(timer.current)
  const hide = () => {
    keep()
    setShown(null)
  }
  const show = (batch, element) => {
    keep()
    setShown({ batch, anchor: element.getBoundingClientRect() })
  }
  const hideSoon = () => {
    keep()
    timer.current = setTimeout(() => setShown(null), 200)
  }
  useEffect(() => {
    const onKey = (event) => event.key === 'Escape' && hide()
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('keydown', onKey)
      hide()
    }
  }, [trace])
  return { shown, show, keep, hide, hideSoon }
}

function useWidth() {
  const ref = useRef(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    setWidth(ref.current.clientWidth) // for the first picture; the observer speaks up after it
    const observer = new ResizeObserver(([entry]) => setWidth(entry.contentRect.width))
    observer.observe(ref.current)
    return () => observer.disconnect()
  }, [])
  return [ref, width]
}

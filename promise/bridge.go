package promise

import (
	"time"

	"github.com/batchtick/batchtick/scheduler"
)

// foreignPatience is how long a promise waits for a scheduler that nobody is running before it is rejected. Two goroutines
// that start two schedulers need some time to do so; one that was never started must not hang the other.
const foreignPatience = time.Second

// local returns p, or if p belongs to another scheduler a promise of s that is bridged to it.
func (p *Promise[T]) local(s *scheduler.Scheduler) *Promise[T] {
	if p == nil || p.s == s {
		return p
	}
	l := &Promise[T]{s: s}
	l.bridge(p)
	return l
}

// bridge settles p as q is settled, where q belongs to another scheduler, which may be running in another goroutine:
// neither side touches the other's state, they only Post. p's scheduler is held until the answer is there.
func (p *Promise[T]) bridge(q *Promise[T]) {
	p.watch()
	b := &bridge[T]{p: p, q: q, release: p.s.Hold()}
	b.timer = p.s.AfterFunc(foreignPatience, b.look)
	q.s.Post(func() {
		q.Done(
			func(value T) { p.s.Post(func() { b.answer(func() { p.fulfil(value) }) }) },
			func(reason error) { p.s.Post(func() { b.answer(func() { p.reject(reason) }) }) },
		)
	})
}

// bridge is touched on p's loop only.
type bridge[T any] struct {
	p, q     *Promise[T]
	release  func()
	timer    *scheduler.Timer
	answered bool
}

func (b *bridge[T]) answer(settle func()) {
	if b.answered {
		return
	}
	b.answered = true
	b.timer.Stop()
	b.release()
	settle()
}

// look gives up if nobody runs the other scheduler.
func (b *bridge[T]) look() {
	if b.q.s.Driven() {
		b.timer = b.p.s.AfterFunc(foreignPatience, b.look)
		return
	}
	b.answer(func() { b.p.reject(ErrForeign) })
}

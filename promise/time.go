package promise

import (
	"context"
	"time"

	"github.com/batchtick/batchtick/scheduler"
)

// Delay makes a promise that is fulfilled with v once d has passed. It may be called on the loop's goroutine only.
func Delay[T any](s *scheduler.Scheduler, d time.Duration, v T) *Promise[T] {
	p := &Promise[T]{s: must(s)}
	s.AfterFunc(d, func() { p.fulfil(v) })
	return p
}

// Timeout makes a promise that is settled as p is, or rejected with ErrTimeout if p is still pending once d has passed.
// What p stands for goes on; to end it, bound the ctx of the work itself. It may be called on the loop's goroutine only.
// (Python's get(timeout=…), for a chain.)
func (p *Promise[T]) Timeout(d time.Duration) *Promise[T] {
	t := &timeout[T]{}
	t.on(p, t)
	t.timer = p.s.AfterFunc(d, func() {
		if t.source != nil && t.source.root().state == Pending { // else it is queued
			p.forget(&t.reaction)
			t.source = nil
			t.promise.reject(ErrTimeout)
		}
	})
	return &t.promise
}

type timeout[T any] struct {
	derived[T, T]
	timer *scheduler.Timer
}

func (t *timeout[T]) Run() {
	if t.source == nil { // too late
		return
	}
	t.timer.Stop()
	t.promise.adopt(t.settled())
}

type timeoutError struct{}

func (timeoutError) Error() string {
	return "promise: timed out; bound the work's own context too, since a Timeout does not end it"
}

func (timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// Timeout makes ErrTimeout a net.Error-style timeout.
func (timeoutError) Timeout() bool { return true }

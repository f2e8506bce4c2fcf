package promise

import (
	"context"

	"github.com/batchtick/batchtick/scheduler"
)

// Async runs fn on the loop as a coroutine and makes a promise of what it returns. Inside fn, Await suspends fn alone and
// the loop goes on, so that straight-line code in ten Async functions batches as ten chains would. fn begins in this tick,
// from the queue, never inside Async; ctx is Run's. A panic in fn rejects with a *PanicError. It may be called on the
// loop's goroutine only. (Python's async def with await, JavaScript's async function.)
//
// fn runs on the loop: what blocks there blocks everything. Use Go for blocking calls, and Await what it returns.
//
// When nothing can settle what a suspended fn awaits, its Await returns scheduler.ErrStalled before Run ends, and when
// Run's ctx ends it returns the cause: fn should then return. A request that does not end
// with Run, but returns after an Await, should defer the scheduler's Close: a function that is still suspended then would
// stay so for ever.
func Async[T any](s *scheduler.Scheduler, fn func(ctx context.Context) (T, error)) *Promise[T] {
	a := &async[T]{fn: fn}
	a.promise.s = must(s)
	if fn == nil {
		a.promise.reject(ErrNilCallback)
		return &a.promise
	}
	a.co.Init(s, a)
	a.co.Local = &a.awaiter
	a.awaiter.co = &a.co
	s.Enqueue(a)
	return &a.promise
}

type async[T any] struct {
	promise Promise[T]
	fn      func(context.Context) (T, error)
	co      scheduler.Coroutine
	awaiter awaiter
}

// Run starts the coroutine.
func (a *async[T]) Run() { a.co.Run() }

// Abort implements scheduler.Aborter: fn has called runtime.Goexit, and Body has said so.
func (a *async[T]) Abort(error) {}

// Body implements scheduler.Body.
func (a *async[T]) Body() {
	fn := a.fn
	a.fn = nil
	returned := false
	defer func() {
		if returned {
			return
		}
		if r := recover(); r != nil {
			a.promise.reject(scheduler.NewPanicError(r))
		} else {
			a.promise.reject(ErrGoexit) // and the goroutine of Run ends too: that is what Goexit means on the loop
		}
	}()
	value, err := fn(a.promise.s.Context())
	returned = true
	if err != nil {
		a.promise.reject(err)
	} else {
		a.promise.fulfil(value)
	}
}

package promise

import "errors"

// Catch calls fn with p's error once p is rejected, and returns a promise that follows the one that fn returns. If p is
// fulfilled its value passes, and fn is not called. A nil fn lets the error pass. It may be called on the loop's goroutine
// only. (Python's catch.)
func (p *Promise[T]) Catch(fn func(error) *Promise[T]) *Promise[T] {
	if fn == nil {
		return passThrough[T, T](p)
	}
	c := &catch[T]{fn: fn}
	return c.on(p, c)
}

// CatchAs is Catch for the errors in whose chain errors.As finds an E; any other error passes. It may be called on the
// loop's goroutine only.
func CatchAs[E error, T any](p *Promise[T], fn func(E) *Promise[T]) *Promise[T] {
	if fn == nil {
		return passThrough[T, T](p)
	}
	return p.Catch(func(err error) *Promise[T] {
		var wanted E
		if errors.As(err, &wanted) {
			return fn(wanted)
		}
		return rejected[T](p.s, err)
	})
}

type catch[T any] struct {
	derived[T, T]
	fn func(error) *Promise[T]
}

func (c *catch[T]) Run() {
	src, fn := c.settled(), c.fn
	c.fn = nil
	if src.state == Fulfilled {
		c.promise.fulfil(src.value)
		return
	}
	c.promise.follow(fn(src.err))
}

// Recover calls fn with p's error once p is rejected, and returns a promise for what fn returns. If p is fulfilled its
// value passes, and fn is not called. A nil fn lets the error pass. It may be called on the loop's goroutine only.
// (Python's catch with a callback that returns a plain value.)
func (p *Promise[T]) Recover(fn func(error) (T, error)) *Promise[T] {
	if fn == nil {
		return passThrough[T, T](p)
	}
	r := &recovered[T]{fn: fn}
	return r.on(p, r)
}

type recovered[T any] struct {
	derived[T, T]
	fn func(error) (T, error)
}

func (r *recovered[T]) Run() {
	src, fn := r.settled(), r.fn
	r.fn = nil
	if src.state == Fulfilled {
		r.promise.fulfil(src.value)
		return
	}
	r.settle(fn(src.err))
}

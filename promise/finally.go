package promise

// Finally calls fn once p is settled either way, and returns a promise that is settled as p is; a panic in fn takes the
// outcome's place. It may be called on the loop's goroutine only. (ECMAScript's finally.)
func (p *Promise[T]) Finally(fn func()) *Promise[T] {
	if fn == nil {
		return passThrough[T, T](p)
	}
	f := &finally[T]{fn: fn}
	return f.on(p, f)
}

type finally[T any] struct {
	derived[T, T]
	fn func()
}

func (f *finally[T]) Run() {
	src, fn := f.settled(), f.fn
	f.fn = nil
	fn()
	f.promise.adopt(src)
}

// Tap calls fn with p's value once p is fulfilled, and returns a promise that is settled as p is; a panic in fn takes the
// value's place. It may be called on the loop's goroutine only.
func (p *Promise[T]) Tap(fn func(T)) *Promise[T] {
	if fn == nil {
		return passThrough[T, T](p)
	}
	t := &tap[T]{fn: fn}
	return t.on(p, t)
}

type tap[T any] struct {
	derived[T, T]
	fn func(T)
}

func (t *tap[T]) Run() {
	src, fn := t.settled(), t.fn
	t.fn = nil
	if src.state == Fulfilled {
		fn(src.value)
	}
	t.promise.adopt(src)
}

package promise

// Then calls fn with p's value once p is fulfilled, and returns a promise that follows the one that fn returns. If p is
// rejected, so is the promise returned, and fn is not called. A nil fn lets the value pass. It may be called on the loop's
// goroutine only. (A+ 2.2; Python's then with one callback that returns a promise.)
func Then[T, U any](p *Promise[T], fn func(T) *Promise[U]) *Promise[U] {
	if fn == nil {
		return passThrough[T, U](p)
	}
	t := &then[T, U]{fn: fn}
	return t.on(p, t)
}

type then[T, U any] struct {
	derived[T, U]
	fn func(T) *Promise[U]
}

func (t *then[T, U]) Run() {
	src, fn := t.settled(), t.fn
	t.fn = nil
	if src.state == Rejected {
		t.promise.reject(src.err)
		return
	}
	t.promise.follow(fn(src.value))
}

package promise

// Map calls fn with p's value once p is fulfilled, and returns a promise for what fn returns. If p is rejected, so is the
// promise returned, and fn is not called. A nil fn lets the value pass. It may be called on the loop's goroutine only.
// (Python's then with one callback that returns a plain value.)
func Map[T, U any](p *Promise[T], fn func(T) (U, error)) *Promise[U] {
	if fn == nil {
		return passThrough[T, U](p)
	}
	m := &mapped[T, U]{fn: fn}
	return m.on(p, m)
}

type mapped[T, U any] struct {
	derived[T, U]
	fn func(T) (U, error)
}

func (m *mapped[T, U]) Run() {
	src, fn := m.settled(), m.fn
	m.fn = nil
	if src.state == Rejected {
		m.promise.reject(src.err)
		return
	}
	m.settle(fn(src.value))
}

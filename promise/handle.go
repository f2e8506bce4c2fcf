package promise

// Handle calls fn once p is settled, with its value and a nil error or with the zero value and its error, and returns a
// promise that follows the one that fn returns. A nil fn lets the outcome pass. It may be called on the loop's goroutine
// only. (A+ 2.2 with both callbacks; Python's then(ok, fail).)
func Handle[T, U any](p *Promise[T], fn func(T, error) *Promise[U]) *Promise[U] {
	if fn == nil {
		return passThrough[T, U](p)
	}
	h := &handle[T, U]{fn: fn}
	return h.on(p, h)
}

type handle[T, U any] struct {
	derived[T, U]
	fn func(T, error) *Promise[U]
}

func (h *handle[T, U]) Run() {
	src, fn := h.settled(), h.fn
	h.fn = nil
	h.promise.follow(fn(src.value, src.err))
}

package promise

// Done ends a chain: it calls onValue or onError once p is settled, and returns nothing. Either may be nil. What goes wrong
// here is not lost: an error without an onError, and a panic in either callback, are unhandled rejections, which Run
// returns. It may be called on the loop's goroutine only. (Python's done, which swallows both.)
func (p *Promise[T]) Done(onValue func(T), onError func(error)) {
	d := &done[T]{onValue: onValue, onError: onError}
	d.on(p, d)
}

type done[T any] struct {
	derived[T, struct{}]
	onValue func(T)
	onError func(error)
}

func (d *done[T]) Run() {
	src := d.settled()
	switch {
	case src.state == Rejected && d.onError == nil:
		d.promise.reject(src.err)
	case src.state == Rejected:
		d.onError(src.err)
	case d.onValue != nil:
		d.onValue(src.value)
	}
}

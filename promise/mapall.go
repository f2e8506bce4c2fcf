package promise

import "github.com/batchtick/batchtick/scheduler"

// MapAll calls f for each item and makes a promise for the values, in the order of items. No more than limit of f's
// promises are pending at a time; with a limit of zero or less all are. The first error rejects, and f is not called for
// the items that are left. f is called in order, from the queue. It may be called on the loop's goroutine only.
//
// A limit splits batches: of loads, at most limit share one. For loads leave it at zero, and limit the batch function.
func MapAll[T, U any](s *scheduler.Scheduler, items []T, limit int, f func(T) *Promise[U]) *Promise[[]U] {
	m := &mapAll[T, U]{items: items, f: f, values: make([]U, len(items))}
	m.promise.s = must(s)
	switch {
	case f == nil:
		m.promise.reject(ErrNilCallback)
	case len(items) == 0:
		m.promise.fulfil(m.values)
	default:
		if limit <= 0 || limit > len(items) {
			limit = len(items)
		}
		m.left = len(items)
		for range limit {
			s.Enqueue((*mapAllStart[T, U])(m))
		}
	}
	return &m.promise
}

type mapAll[T, U any] struct {
	promise Promise[[]U]
	items   []T
	f       func(T) *Promise[U]
	values  []U
	next    int // the item to call f for next
	left    int // values that are not known yet
}

// mapAllStart is the job that calls f for the next item.
type mapAllStart[T, U any] mapAll[T, U]

func (start *mapAllStart[T, U]) Run() {
	m := (*mapAll[T, U])(start)
	if m.promise.root().state != Pending || m.next == len(m.items) { // several may be queued for the last item
		return
	}
	i := m.next
	m.next++
	p := m.f(m.items[i]).local(m.promise.s)
	if p == nil {
		m.promise.reject(ErrNilPromise)
		return
	}
	p.Done(func(value U) {
		m.values[i] = value
		if m.left--; m.left == 0 && m.promise.root().state == Pending {
			m.promise.fulfil(m.values)
		} else if m.next < len(m.items) {
			m.promise.s.Enqueue(start)
		}
	}, m.fail)
}

// Abort implements scheduler.Aborter: f panicked.
func (start *mapAllStart[T, U]) Abort(err error) { (*mapAll[T, U])(start).fail(err) }

func (m *mapAll[T, U]) fail(err error) {
	if m.promise.root().state == Pending {
		m.promise.reject(err)
	}
}

// Reduce calls f with init and the first item, then with what that promised and the second, and so on, and makes a promise
// for the last. The first error rejects, and f is not called again. It may be called on the loop's goroutine only.
func Reduce[T, A any](s *scheduler.Scheduler, items []T, init A, f func(A, T) *Promise[A]) *Promise[A] {
	if f == nil {
		return rejected[A](must(s), ErrNilCallback)
	}
	var step func(A) *Promise[A]
	step = func(acc A) *Promise[A] {
		if len(items) == 0 {
			return Resolve(s, acc)
		}
		item := items[0]
		items = items[1:]
		p := f(acc, item).local(s)
		if p == nil {
			return rejected[A](s, ErrNilPromise)
		}
		return Then(p, step)
	}
	return Then(Resolve(s, init), step)
}

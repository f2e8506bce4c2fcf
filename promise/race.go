package promise

import "github.com/batchtick/batchtick/scheduler"

// Race makes a promise that is settled as the first of ps to be settled is. The race of none is rejected with
// ErrNoPromises. The promises that lose are let go: racing against one that never settles costs no memory. It may be called
// on the loop's goroutine only. (ECMAScript's Promise.race.)
func Race[T any](s *scheduler.Scheduler, ps ...*Promise[T]) *Promise[T] {
	var zero T
	g := newGroup(s, ps, zero, func(g *group[T, T], _ int, src *Promise[T]) {
		if src.state == Rejected {
			g.rejectAll(src.err)
			return
		}
		g.result = src.value
		g.fulfilAll()
	})
	if len(ps) == 0 {
		g.rejectAll(ErrNoPromises)
	}
	return &g.promise
}

// Any makes a promise that is fulfilled as the first of ps to be fulfilled is. If all are rejected, and if there are none,
// it is rejected with an *AggregateError. It may be called on the loop's goroutine only. (ECMAScript's Promise.any.)
func Any[T any](s *scheduler.Scheduler, ps ...*Promise[T]) *Promise[T] {
	var zero T
	errs := make([]error, len(ps))
	g := newGroup(s, ps, zero, func(g *group[T, T], i int, src *Promise[T]) {
		if src.state == Fulfilled {
			g.result = src.value
			g.fulfilAll()
			return
		}
		errs[i] = src.err
		if g.left == 0 {
			g.rejectAll(&AggregateError{Errors: errs})
		}
	})
	if len(ps) == 0 {
		g.rejectAll(&AggregateError{})
	}
	return &g.promise
}

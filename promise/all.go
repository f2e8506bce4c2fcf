package promise

import "github.com/batchtick/batchtick/scheduler"

// All makes a promise for the values of ps, in their order. It is rejected with the first error, as soon as that is known.
// All of nothing is fulfilled with an empty slice. For plain values among the promises use Resolve. It may be called on the
// loop's goroutine only. (ECMAScript's and Python's Promise.all.)
func All[T any](s *scheduler.Scheduler, ps ...*Promise[T]) *Promise[[]T] {
	g := newGroup(s, ps, make([]T, len(ps)), func(g *group[T, []T], i int, src *Promise[T]) {
		if src.state == Rejected {
			g.rejectAll(src.err)
			return
		}
		g.result[i] = src.value
		if g.left == 0 {
			g.fulfilAll()
		}
	})
	if len(ps) == 0 {
		g.fulfilAll()
	}
	return &g.promise
}

// AllSettled makes a promise for the outcomes of ps, in their order. It is never rejected, unless one of ps is nil. It may
// be called on the loop's goroutine only. (ECMAScript's Promise.allSettled.)
func AllSettled[T any](s *scheduler.Scheduler, ps ...*Promise[T]) *Promise[[]Result[T]] {
	g := newGroup(s, ps, make([]Result[T], len(ps)), func(g *group[T, []Result[T]], i int, src *Promise[T]) {
		g.result[i] = Result[T]{src.value, src.err}
		if g.left == 0 {
			g.fulfilAll()
		}
	})
	if len(ps) == 0 {
		g.fulfilAll()
	}
	return &g.promise
}

// AllMap makes a promise for the values of ps under their keys. It is rejected with the first error, as soon as that is
// known; which one comes first among promises that are rejected already is not defined, as the order of a map is not. It
// may be called on the loop's goroutine only. (Python's Promise.for_dict and promise_for_dict.)
func AllMap[K comparable, T any](s *scheduler.Scheduler, ps map[K]*Promise[T]) *Promise[map[K]T] {
	keys := make([]K, 0, len(ps))
	list := make([]*Promise[T], 0, len(ps))
	for k, p := range ps {
		keys = append(keys, k)
		list = append(list, p)
	}
	return Map(All(s, list...), func(values []T) (map[K]T, error) {
		m := make(map[K]T, len(values))
		for i, v := range values {
			m[keys[i]] = v
		}
		return m, nil
	})
}

package promise

import "github.com/batchtick/batchtick/scheduler"

// Join2 calls fn with the values of a and b, which may have different types, once both are fulfilled, and makes a promise
// for what it returns. The first error rejects it at once. It may be called on the loop's goroutine only.
func Join2[A, B, R any](s *scheduler.Scheduler, a *Promise[A], b *Promise[B], fn func(A, B) (R, error)) *Promise[R] {
	if fn == nil {
		return rejected[R](must(s), ErrNilCallback)
	}
	var va A
	var vb B
	return Map(All(s, into(s, &va, a), into(s, &vb, b)), func([]struct{}) (R, error) { return fn(va, vb) })
}

// Join3 is Join2 for three.
func Join3[A, B, C, R any](s *scheduler.Scheduler, a *Promise[A], b *Promise[B], c *Promise[C],
	fn func(A, B, C) (R, error),
) *Promise[R] {
	if fn == nil {
		return rejected[R](must(s), ErrNilCallback)
	}
	var va A
	var vb B
	var vc C
	return Map(All(s, into(s, &va, a), into(s, &vb, b), into(s, &vc, c)), func([]struct{}) (R, error) { return fn(va, vb, vc) })
}

// Join4 is Join2 for four.
func Join4[A, B, C, D, R any](s *scheduler.Scheduler, a *Promise[A], b *Promise[B], c *Promise[C], d *Promise[D],
	fn func(A, B, C, D) (R, error),
) *Promise[R] {
	if fn == nil {
		return rejected[R](must(s), ErrNilCallback)
	}
	var va A
	var vb B
	var vc C
	var vd D
	return Map(All(s, into(s, &va, a), into(s, &vb, b), into(s, &vc, c), into(s, &vd, d)), func([]struct{}) (R, error) {
		return fn(va, vb, vc, vd)
	})
}

// into gives promises of different types one type: each stores its value, and promises no more than that it has.
func into[T any](s *scheduler.Scheduler, value *T, p *Promise[T]) *Promise[struct{}] {
	if p == nil {
		return nil // which All reports
	}
	return Map(p.local(s), func(v T) (struct{}, error) {
		*value = v
		return struct{}{}, nil
	})
}

package promise

import "github.com/batchtick/batchtick/scheduler"

// New makes a promise that executor settles: now, or later by keeping resolve and reject. executor runs at once, as in
// Python and JavaScript, though what reacts to the promise never does. The first call of resolve and reject wins, later
// ones do nothing; a panic in executor rejects unless one was called before. To settle with another promise use
// WithResolvers, or Then. It may be called on the loop's goroutine only, and so may resolve and reject: from another
// goroutine, Post them. (Python's Promise(executor).)
func New[T any](s *scheduler.Scheduler, executor func(resolve func(T), reject func(error))) (p *Promise[T]) {
	p, r := WithResolvers[T](s)
	if executor == nil {
		r.Reject(ErrNilCallback)
		return p
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		if v := recover(); v != nil {
			r.Reject(scheduler.NewPanicError(v))
		} else {
			r.Reject(ErrGoexit)
		}
	}()
	executor(r.Resolve, r.Reject)
	returned = true
	return p
}

// WithResolvers makes a pending promise, and the Resolver that settles it. It may be called on the loop's goroutine only.
// (ECMAScript's Promise.withResolvers; Python's Promise() with do_resolve and do_reject.)
func WithResolvers[T any](s *scheduler.Scheduler) (*Promise[T], Resolver[T]) {
	p := &Promise[T]{s: must(s)}
	return p, Resolver[T]{p}
}

// Resolver decides the fate of one promise. The first call of its three methods wins and the others do nothing: a second
// resolve can't win over the first, as it can in Python. They may be called on the loop's goroutine only; from another
// goroutine, Post them, and Hold the scheduler meanwhile.
type Resolver[T any] struct{ p *Promise[T] }

// Resolve fulfils the promise with v.
func (r Resolver[T]) Resolve(v T) {
	if r.seal() {
		r.p.fulfil(v)
	}
}

// Reject rejects the promise with reason; a nil reason becomes ErrNilReason.
func (r Resolver[T]) Reject(reason error) {
	if r.seal() {
		r.p.reject(reason)
	}
}

// Follow settles the promise as q is settled, now or later. Until then it stays pending, but its fate is sealed.
func (r Resolver[T]) Follow(q *Promise[T]) {
	if r.seal() {
		r.p.follow(q)
	}
}

// Promise returns the promise that r settles.
func (r Resolver[T]) Promise() *Promise[T] { return r.p }

func (r Resolver[T]) seal() bool {
	if r.p.sealed {
		return false
	}
	r.p.sealed = true
	return true
}

// Cell is a promise that lies in an object of its maker's, and costs no allocation of its own: WithResolvers for who makes
// many. Who keeps the promise keeps the object. A Cell must not be copied, and belongs to the loop's goroutine.
type Cell[T any] struct{ promise Promise[T] }

// Init makes the promise of a zero Cell pending.
func (c *Cell[T]) Init(s *scheduler.Scheduler) { c.promise.s = must(s) }

// Promise returns the promise.
func (c *Cell[T]) Promise() *Promise[T] { return &c.promise }

// Resolver returns what settles it.
func (c *Cell[T]) Resolver() Resolver[T] { return Resolver[T]{&c.promise} }

// Resolve makes a promise that is fulfilled with v. It may be called on the loop's goroutine only. (Python's
// Promise.resolve and Promise.fulfilled of a plain value.)
func Resolve[T any](s *scheduler.Scheduler, v T) *Promise[T] {
	return &Promise[T]{s: must(s), state: Fulfilled, value: v}
}

// Reject makes a promise that is rejected with reason; a nil reason becomes ErrNilReason. It may be called on the loop's
// goroutine only. (Python's Promise.reject and Promise.rejected.)
func Reject[T any](s *scheduler.Scheduler, reason error) *Promise[T] {
	return rejected[T](must(s), reason)
}

func rejected[T any](s *scheduler.Scheduler, reason error) *Promise[T] {
	p := &Promise[T]{s: s}
	p.reject(reason)
	return p
}

// Try calls fn at once and makes a promise of what it returns; a panic in fn rejects it. It may be called on the loop's
// goroutine only. (ECMAScript's Promise.try; Python's promisify.)
func Try[T any](s *scheduler.Scheduler, fn func() (T, error)) *Promise[T] {
	return New(s, func(resolve func(T), reject func(error)) {
		if fn == nil {
			reject(ErrNilCallback)
		} else if v, err := fn(); err != nil {
			reject(err)
		} else {
			resolve(v)
		}
	})
}

// must names the mistake where a nil dereference would not.
func must(s *scheduler.Scheduler) *scheduler.Scheduler {
	if s == nil {
		panic("promise: nil scheduler: make one with scheduler.New, one for each request")
	}
	return s
}

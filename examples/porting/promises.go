// Python's Promise, line by line. What changes: the loop is a value (Python hides one in each thread), an error is
// returned (Python raises), and then is two functions: Map when the callback returns a value, Then for a promise.
package main

import (
	"errors"
	"fmt"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// class OddError(Exception):
//     def __init__(self, n):
//         super().__init__("%d is odd" % n)
//         self.n = n

type OddError struct{ N int }

func (e OddError) Error() string { return fmt.Sprintf("%d is odd", e.N) }

// def half(n):
//     if n % 2:
//         raise OddError(n)
//     return n // 2

func half(n int) (int, error) {
	if n%2 != 0 {
		return 0, OddError{n}
	}
	return n / 2, nil
}

func (p page) promises() {
	p.title("Promise")

	// from promise import Promise
	loop := scheduler.New()

	// print(Promise.resolve(20).then(half).get())
	p.print(promise.Map(promise.Resolve(loop, 20), half).Await(p.ctx))

	// print(Promise.resolve(20).then(lambda n: Promise.resolve("n is %d" % n)).get())
	p.print(promise.Then(promise.Resolve(loop, 20), func(n int) *promise.Promise[string] {
		return promise.Resolve(loop, fmt.Sprintf("n is %d", n))
	}).Await(p.ctx))

	// print(Promise(lambda resolve, reject: resolve("made by hand")).get())
	p.print(promise.New(loop, func(resolve func(string), reject func(error)) {
		resolve("made by hand")
	}).Await(p.ctx))

	// later = Promise()
	// print(later.is_pending)
	// later.do_resolve("settled from outside")
	// print(later.get())
	later, resolver := promise.WithResolvers[string](loop)
	p.print(later.State() == promise.Pending, nil)
	resolver.Resolve("settled from outside")
	p.print(later.Await(p.ctx))

	// print(Promise.resolve(7).then(half).catch(lambda e: -1).get())
	p.print(promise.Map(promise.Resolve(loop, 7), half).Recover(func(error) (int, error) { return -1, nil }).Await(p.ctx))

	// def round_up(e):
	//     if isinstance(e, OddError):
	//         return half(e.n + 1)
	//     raise e
	// print(Promise.resolve(7).then(half).catch(round_up).get())
	p.print(promise.CatchAs(promise.Map(promise.Resolve(loop, 7), half), func(e OddError) *promise.Promise[int] {
		return promise.Try(loop, func() (int, error) { return half(e.N + 1) })
	}).Await(p.ctx))

	// print(Promise.reject(Exception("boom")).then(lambda v: "fine", lambda e: "mended: %s" % e).get())
	p.print(promise.Handle(promise.Reject[int](loop, errors.New("boom")), func(_ int, err error) *promise.Promise[string] {
		if err != nil {
			return promise.Resolve(loop, fmt.Sprintf("mended: %v", err))
		}
		return promise.Resolve(loop, "fine")
	}).Await(p.ctx))

	// try:
	//     Promise.reject(Exception("boom")).get()
	// except Exception as e:
	//     print("error:", e)
	p.print(promise.Reject[int](loop, errors.New("boom")).Await(p.ctx))

	// print(Promise.all([Promise.resolve(1), Promise.resolve(2), 3]).get())
	p.print(promise.All(loop, promise.Resolve(loop, 1), promise.Resolve(loop, 2), promise.Resolve(loop, 3)).Await(p.ctx))

	// print(Promise.for_dict({"a": Promise.resolve(1), "b": Promise.resolve(2)}).get())
	p.print(promise.AllMap(loop, map[string]*promise.Promise[int]{
		"a": promise.Resolve(loop, 1),
		"b": promise.Resolve(loop, 2),
	}).Await(p.ctx))

	// promised_half = Promise.promisify(half)
	// print(promised_half(8).get())
	promisedHalf := func(n int) *promise.Promise[int] {
		return promise.Try(loop, func() (int, error) { return half(n) })
	}
	p.print(promisedHalf(8).Await(p.ctx))

	// Promise.resolve(4).then(half).done(print, lambda e: print("error:", e))
	promise.Map(promise.Resolve(loop, 4), half).Done(
		func(n int) { p.print(n, nil) },
		func(err error) { p.print(nil, err) })
	// Nothing waits for done. Run serves whatever is left, and returns every error that nobody caught.
	if err := loop.Run(p.ctx); err != nil {
		p.print(nil, err)
	}
}

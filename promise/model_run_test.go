package promise_test

import (
	"fmt"

	"github.com/batchtick/batchtick/promise"
)

// world is what a program needs of a promise library. P is its promise; the zero P is the nil promise.
type world[P comparable] interface {
	resolvers() (P, settler[P])
	resolve(v int) P
	reject(err error) P
	executor(f func(resolve func(int), reject func(error))) P
	then(p P, f func(int) P) P
	mapped(p P, f func(int) (int, error)) P
	handle(p P, f func(int, error) P) P
	catch(p P, f func(error) P) P
	recovered(p P, f func(error) (int, error)) P
	finally(p P, f func()) P
	tap(p P, f func(int)) P
	done(p P, f func(int), g func(error))
	all(ps []P) P // combinators give their values on as one number, see digest
	allSettled(ps []P) P
	any(ps []P) P
	race(ps []P) P
	post(f func())
	run() []error
	outcome(p P) string
}

type settler[P comparable] struct {
	resolve func(int)
	reject  func(error)
	follow  func(P)
}

type siteError string

func (e siteError) Error() string { return string(e) }

// digest makes one number of a list that depends on every value and on its place.
func digest(values []int) (int, error) {
	sum := 17
	for _, v := range values {
		sum = (sum*31 + v) % 1_000_003
	}
	return sum, nil
}

func digestResults(results []promise.Result[int]) (int, error) {
	sum := 19
	for _, r := range results {
		sum = (sum*31 + r.Value) % 1_000_003
		if r.Err != nil {
			for _, b := range []byte(reason(r.Err)) {
				sum = (sum*31 + int(b)) % 1_000_003
			}
		}
	}
	return sum, nil
}

// execution runs one program in one world.
type execution[P comparable] struct {
	world    world[P]
	promises []P
	settlers map[int]settler[P]
	log      []string
}

// trace is what two worlds are compared by.
type trace struct {
	log       []string
	unhandled [][]string // by phase
	outcomes  []string   // by site
}

func execute[P comparable](p *program, w world[P]) trace {
	x := &execution[P]{world: w, promises: make([]P, p.sites), settlers: map[int]settler[P]{}}
	var result trace
	for i, phase := range p.phases {
		x.log = append(x.log, fmt.Sprint("phase ", i))
		x.block(phase)
		var unhandled []string
		for _, err := range w.run() {
			unhandled = append(unhandled, reason(err))
		}
		result.unhandled = append(result.unhandled, unhandled)
	}
	var none P
	for _, made := range x.promises {
		if made == none {
			result.outcomes = append(result.outcomes, "never made")
			continue
		}
		result.outcomes = append(result.outcomes, w.outcome(made))
	}
	result.log = x.log
	return result
}

func (x *execution[P]) block(b *block) {
	for _, s := range b.statements {
		if made, ok := x.statement(s); ok {
			x.promises[s.site] = made
		}
	}
}

func (x *execution[P]) sources(s *statement) []P {
	var ps []P
	for _, site := range s.sources {
		ps = append(ps, x.promises[site])
	}
	return ps
}

func (x *execution[P]) statement(s *statement) (made P, ok bool) {
	w, ps := x.world, x.sources(s)
	fail := siteError(fmt.Sprintf("e%d.%d", s.id, s.value))
	if len(ps) == 0 && len(s.picks) > 0 { // nothing was in scope to work on
		if s.site < 0 {
			return made, false
		}
		return w.resolve(s.value), true
	}
	switch s.op {
	case "resolvers":
		p, settler := w.resolvers()
		x.settlers[s.site] = settler
		return p, true
	case "resolve":
		return w.resolve(s.value), true
	case "reject":
		return w.reject(fail), true
	case "executor":
		return w.executor(func(resolve func(int), reject func(error)) {
			for i, settle := range s.settles {
				switch settle {
				case 0:
					resolve(s.value + i)
				case 1:
					reject(fail)
				default:
					panic(fmt.Sprint("executor ", s.id))
				}
			}
		}), true
	case "then":
		return w.then(ps[0], func(v int) P { return x.promise(s, v, nil) }), true
	case "map":
		return w.mapped(ps[0], func(v int) (int, error) { return x.value(s, v, nil) }), true
	case "handle":
		return w.handle(ps[0], func(v int, err error) P { return x.promise(s, v, err) }), true
	case "catch":
		return w.catch(ps[0], func(err error) P { return x.promise(s, 0, err) }), true
	case "recover":
		return w.recovered(ps[0], func(err error) (int, error) { return x.value(s, 0, err) }), true
	case "finally":
		return w.finally(ps[0], func() { _, _ = x.value(s, 0, nil) }), true
	case "tap":
		return w.tap(ps[0], func(v int) { _, _ = x.value(s, v, nil) }), true
	case "all":
		return w.all(ps), true
	case "allSettled":
		return w.allSettled(ps), true
	case "any":
		return w.any(ps), true
	case "race":
		return w.race(ps), true
	case "done":
		w.done(ps[0], func(v int) { _, _ = x.value(s, v, nil) }, func(err error) { _, _ = x.value(s, 0, err) })
	case "post":
		w.post(func() { _, _ = x.value(s, 0, nil) })
	case "settle":
		x.settlers[s.sources[0]].resolve(s.value)
	case "fail":
		x.settlers[s.sources[0]].reject(fail)
	case "follow":
		x.settlers[s.sources[0]].follow(ps[1])
	}
	return made, false
}

// enter is the beginning of every callback: it leaves a trace of who was called with what.
func (x *execution[P]) enter(s *statement, v int, err error) {
	arg := fmt.Sprint(v)
	if err != nil {
		arg = reason(err)
	}
	x.log = append(x.log, fmt.Sprintf("%s #%d of %v (%s)", s.op, s.id, s.sources, arg))
	x.block(s.callback.body)
	if s.callback.end == "panic" {
		panic(fmt.Sprintf("%s #%d", s.op, s.id))
	}
}

func (x *execution[P]) fail(s *statement) error {
	return siteError(fmt.Sprintf("%s #%d.%d", s.op, s.id, s.callback.value))
}

func (x *execution[P]) value(s *statement, v int, err error) (int, error) {
	x.enter(s, v, err)
	if s.callback.end == "error" {
		return 0, x.fail(s)
	}
	return (v*3 + s.callback.value) % 1_000_003, nil
}

func (x *execution[P]) promise(s *statement, v int, err error) (made P) {
	x.enter(s, v, err)
	switch s.callback.end {
	case "error":
		return x.world.reject(x.fail(s))
	case "promise":
		if s.callback.site >= 0 {
			return x.promises[s.callback.site]
		}
	case "nil":
		return made
	}
	return x.world.resolve((v*3 + s.callback.value) % 1_000_003)
}

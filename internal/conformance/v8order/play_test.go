package v8order_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// trace is what happened when a program was played. play.js prints the same.
type trace struct {
	Log       []string   `json:"log"`       // the callbacks in the order in which they ran, each with what it was given
	Outcomes  []string   `json:"outcomes"`  // by site: f and a value, r and a reason, p if pending, "" if it was never made
	Unhandled [][]string `json:"unhandled"` // the reasons that were rejected unhandled, by phase; without doubles, sorted

	disorder string // callbacks of one promise that did not run in the order of their registration
}

// world plays one program with the library.
type world struct {
	s         *scheduler.Scheduler
	priced    bool // see price
	cells     []cell
	resolvers map[int]promise.Resolver[int]
	sealed    map[int]bool // the resolvers that were used
	trace     trace
	unhandled map[string]bool
	over      bool // what runs now is cleaning up

	registered, ran map[int][]int // statements, by the promise that they react to
}

// coded is a reason made by a program.
type coded int

func (c coded) Error() string { return fmt.Sprint(int(c)) }

// mix makes a number of a statement and what it was given, so that a wrong input shows in all that comes of it.
func mix(id int, input string) int {
	sum := id*31 + 7
	for _, c := range []byte(input) {
		sum = (sum*31 + int(c)) % 1000003
	}
	return sum
}

func play(p *program, priced bool) trace {
	w := &world{
		priced: priced, cells: make([]cell, p.Sites), resolvers: map[int]promise.Resolver[int]{}, sealed: map[int]bool{},
		unhandled: map[string]bool{}, registered: map[int][]int{}, ran: map[int][]int{},
	}
	w.s = scheduler.New(scheduler.WithUnhandled(func(err error) { w.unhandled[reason(err)] = true }))
	for _, phase := range p.Phases {
		_ = w.block(phase) // only an await fails, and there is none at the top
		w.run(p.uses("async"))
		reasons := slices.Sorted(maps.Keys(w.unhandled))
		w.trace.Unhandled = append(w.trace.Unhandled, append([]string{}, reasons...))
		clear(w.unhandled)
	}
	for _, c := range w.cells {
		outcome := ""
		if c != nil {
			outcome = c.outcome()
		}
		w.trace.Outcomes = append(w.trace.Outcomes, outcome)
	}
	w.over = true
	_ = w.s.Close() // async functions that wait for ever are left to the collector in JavaScript; here they have to end
	w.checkRegistration()
	return w.trace
}

// run runs until nothing is left. At the end of Run an async function that nothing can wake is told so, where JavaScript
// lets it sleep: a known difference, asserted elsewhere. A RunUntil tells its caller alone.
func (w *world) run(async bool) {
	if !async {
		if err := w.s.Run(context.Background()); err != nil {
			panic(err)
		}
		return
	}
	err := w.s.RunUntil(context.Background(), func() bool { return false })
	if !errors.Is(err, scheduler.ErrStalled) {
		panic(err)
	}
}

func (w *world) checkRegistration() {
	for site, ran := range w.ran {
		expected := slices.DeleteFunc(slices.Clone(w.registered[site]), func(id int) bool { return !slices.Contains(ran, id) })
		if !slices.Equal(expected, ran) {
			w.trace.disorder = fmt.Sprintf("p%d has the callbacks %v, they ran as %v", site, w.registered[site], ran)
		}
	}
}

// block does one statement after the other. Its error is that of an await.
func (w *world) block(body []*statement) error {
	for _, s := range body {
		if s.Op == "await" {
			if err := w.await(s); err != nil {
				return err
			}
			continue
		}
		w.statement(s)
	}
	return nil
}

func (w *world) statement(s *statement) {
	switch s.Op {
	case "resolvers":
		p, r := promise.WithResolvers[int](w.s)
		w.resolvers[s.Site] = r
		put(w, s, p)
	case "resolve":
		put(w, s, promise.Resolve(w.s, mix(s.ID, "")))
	case "reject":
		put(w, s, promise.Reject[int](w.s, coded(mix(s.ID, ""))))
	case "executor":
		put(w, s, promise.New(w.s, s.execute))
	case "try":
		put(w, s, promise.Try(w.s, func() (int, error) { return s.value(s.End, "") }))
	case "settle":
		w.sealed[s.On[0]] = true
		w.resolvers[s.On[0]].Resolve(mix(s.ID, ""))
	case "fail":
		w.sealed[s.On[0]] = true
		w.resolvers[s.On[0]].Reject(coded(mix(s.ID, "")))
	case "follow":
		q := w.number(s.On[1])
		if s.On[0] != s.On[1] && !w.sealed[s.On[0]] { // what is refused at once costs JavaScript nothing either
			q = w.price(q)
		}
		w.sealed[s.On[0]] = true
		w.resolvers[s.On[0]].Follow(q)
	case "all":
		put(w, s, promise.All(w.s, w.members(s)...))
	case "allSettled":
		put(w, s, promise.AllSettled(w.s, w.members(s)...))
	case "any":
		put(w, s, promise.Any(w.s, w.members(s)...))
	case "race":
		put(w, s, promise.Race(w.s, w.members(s)...))
	case "enqueue":
		w.s.Enqueue(scheduler.JobFunc(func() { w.enter(s, "-") }))
	case "async":
		put(w, s, promise.Async(w.s, func(context.Context) (int, error) {
			w.log(s, "-")
			if err := w.block(s.Callback.Body); err != nil {
				return 0, err
			}
			return s.value(s.Callback.End, "-")
		}))
	default:
		w.cells[s.On[0]].react(w, s)
	}
}

func (s *statement) execute(resolve func(int), reject func(error)) {
	for i, act := range s.Acts {
		v := mix(s.ID, fmt.Sprint(i))
		switch act {
		case "resolve":
			resolve(v)
		case "reject":
			reject(coded(v))
		case "throw":
			panic(coded(v))
		}
	}
}

func (w *world) number(site int) *promise.Promise[int] { return w.cells[site].(typed[int]).p }

func (w *world) members(s *statement) []*promise.Promise[int] {
	ps := make([]*promise.Promise[int], len(s.On))
	for i, site := range s.On {
		ps[i] = w.number(site)
	}
	return ps
}

func (w *world) log(s *statement, input string) {
	if !w.over {
		w.trace.Log = append(w.trace.Log, fmt.Sprintf("%d=%s", s.ID, input))
	}
}

// enter is what every callback begins with.
func (w *world) enter(s *statement, input string) {
	w.log(s, input)
	if len(s.On) > 0 {
		w.ran[s.On[0]] = append(w.ran[s.On[0]], s.ID)
	}
	_ = w.block(s.Callback.Body)
}

// valued is the callback of s, where that gives a value.
func (w *world) valued(s *statement, input string) (int, error) {
	w.enter(s, input)
	return s.value(s.Callback.End, input)
}

func (s *statement) value(end, input string) (int, error) {
	switch v := mix(s.ID, input); end {
	case "value":
		return v, nil
	case "error":
		return 0, coded(v)
	case "panic":
		panic(coded(v))
	default:
		panic("end " + end)
	}
}

// promised is the callback of s, where that gives a promise to follow.
func (w *world) promised(s *statement, input string) *promise.Promise[int] {
	w.enter(s, input)
	switch v := mix(s.ID, input); s.Callback.End {
	case "fresh":
		return w.price(promise.Resolve(w.s, v))
	case "freshReject":
		return w.price(promise.Reject[int](w.s, coded(v)))
	case "promise":
		return w.price(w.number(s.Callback.Return))
	case "own":
		return w.number(s.Site)
	case "panic":
		panic(coded(v))
	default:
		panic("end " + s.Callback.End)
	}
}

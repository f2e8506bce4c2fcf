package v8order_test

import (
	"context"
	_ "embed"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/internal/conformance/node"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

//go:embed known.js
var knownJS string

// knownDifference is something that the library does otherwise than ECMAScript, by design: the same program on both sides,
// and what each of them logs. docs/design.md gives the reasons.
type knownDifference struct {
	name     string
	js       string
	run      func(s *scheduler.Scheduler, log func(string))
	v8, here string
}

// Where the order differs, a chain of callbacks beside it, 1 2 3 …, counts the jobs.
var knownDifferences = []knownDifference{
	{
		name: "a promise that a callback returns is adopted without a job; JavaScript needs two",
		js: `
			const p = Promise.resolve();
			p.then(() => Promise.resolve()).then(() => log('adopted'));
			p.then(() => log(1)).then(() => log(2)).then(() => log(3)).then(() => log(4));`,
		run: func(s *scheduler.Scheduler, log func(string)) {
			p := promise.Resolve(s, 0)
			promise.Then(p, func(int) *promise.Promise[int] { return promise.Resolve(s, 0) }).Tap(func(int) { log("adopted") })
			beside(p, log)
		},
		v8: "1 2 3 adopted 4", here: "1 adopted 2 3 4",
	},
	{
		name: "so is one that a resolver follows",
		js: `
			const p = Promise.resolve();
			new Promise(resolve => resolve(p)).then(() => log('adopted'));
			p.then(() => log(1)).then(() => log(2)).then(() => log(3)).then(() => log(4));`,
		run: func(s *scheduler.Scheduler, log func(string)) {
			p := promise.Resolve(s, 0)
			q, r := promise.WithResolvers[int](s)
			r.Follow(p)
			q.Tap(func(int) { log("adopted") })
			beside(p, log)
		},
		v8: "1 2 adopted 3 4", here: "adopted 1 2 3 4",
	},
	{
		name: "callbacks of a follower and of whom it follows run in the order of registration; JavaScript's follower comes last",
		js: `
			let settle, follow;
			const q = new Promise(resolve => { settle = resolve; }), p = new Promise(resolve => { follow = resolve; });
			p.then(() => log('follower1')); q.then(() => log('followed1'));
			follow(q);
			p.then(() => log('follower2')); q.then(() => log('followed2'));
			settle();`,
		run: func(s *scheduler.Scheduler, log func(string)) {
			q, settle := promise.WithResolvers[int](s)
			p, follow := promise.WithResolvers[int](s)
			logs := func(text string) func(int) { return func(int) { log(text) } }
			p.Tap(logs("follower1"))
			q.Tap(logs("followed1"))
			follow.Follow(q) // whatever it has registered so far counts as registered now
			p.Tap(logs("follower2"))
			q.Tap(logs("followed2"))
			settle.Resolve(0)
		},
		v8: "followed1 followed2 follower1 follower2", here: "followed1 follower1 follower2 followed2",
	},
	{
		name: "what comes after a finally runs in the next job; JavaScript adopts a promise for nothing in between",
		js: `
			const p = Promise.resolve();
			p.finally(() => {}).then(() => log('after'));
			p.then(() => log(1)).then(() => log(2)).then(() => log(3)).then(() => log(4));`,
		run: func(s *scheduler.Scheduler, log func(string)) {
			p := promise.Resolve(s, 0)
			p.Finally(func() {}).Tap(func(int) { log("after") })
			beside(p, log)
		},
		v8: "1 2 3 after 4", here: "1 after 2 3 4",
	},
	{
		name: "Await of a settled promise returns at once; JavaScript suspends for a job",
		js: `
			const p = Promise.resolve();
			(async () => { await null; await p; log('awaited'); })();
			p.then(() => log(1)).then(() => log(2)).then(() => log(3)).then(() => log(4));`,
		run: func(s *scheduler.Scheduler, log func(string)) {
			p := promise.Resolve(s, 0)
			promise.Async(s, func(ctx context.Context) (int, error) {
				v, err := p.Await(ctx)
				log("awaited")
				return v, err
			})
			beside(p, log)
		},
		v8: "1 awaited 2 3 4", here: "awaited 1 2 3 4",
	},
	{
		name: "Async begins from the queue; JavaScript's async function inside the call",
		js:   `(async () => log('body'))(); log('caller');`,
		run: func(s *scheduler.Scheduler, log func(string)) {
			promise.Async(s, func(context.Context) (int, error) {
				log("body")
				return 0, nil
			})
			log("caller")
		},
		v8: "body caller", here: "caller body",
	},
	{
		name: "what was posted runs before the callbacks that it causes; JavaScript runs those between two macrotasks",
		js: `
			for (const i of [1, 2]) {
				setImmediate(() => { log('posted' + i); Promise.resolve().then(() => log('callback' + i)); });
			}`,
		run: func(s *scheduler.Scheduler, log func(string)) {
			for _, i := range []string{"1", "2"} {
				s.Post(func() {
					log("posted" + i)
					promise.Resolve(s, 0).Tap(func(int) { log("callback" + i) })
				})
			}
		},
		v8: "posted1 callback1 posted2 callback2", here: "posted1 posted2 callback1 callback2",
	},
	{
		name: "so do timers that are due together",
		js: `
			for (const i of [1, 2]) {
				setTimeout(() => { log('timer' + i); Promise.resolve().then(() => log('callback' + i)); }, 1);
			}`,
		run: func(s *scheduler.Scheduler, log func(string)) {
			for _, i := range []string{"1", "2"} {
				s.AfterFunc(time.Millisecond, func() {
					log("timer" + i)
					promise.Resolve(s, 0).Tap(func(int) { log("callback" + i) })
				})
			}
		},
		v8: "timer1 callback1 timer2 callback2", here: "timer1 timer2 callback1 callback2",
	},
	{
		name: "the race of none is rejected; JavaScript's stays pending",
		js:   `Promise.race([]).then(() => log('fulfilled'), () => log('rejected'));`,
		run: func(s *scheduler.Scheduler, log func(string)) {
			promise.Race[int](s).Done(nil, func(err error) { log(err.Error()) })
		},
		v8: "", here: promise.ErrNoPromises.Error(),
	},
	{
		name: "promises that follow each other in a circle are rejected; JavaScript's stay pending",
		js: `
			let a, b;
			const p = new Promise(resolve => { a = resolve; }), q = new Promise(resolve => { b = resolve; });
			a(q); b(p);
			p.then(() => log('fulfilled'), () => log('rejected'));`,
		run: func(s *scheduler.Scheduler, log func(string)) {
			p, a := promise.WithResolvers[int](s)
			q, b := promise.WithResolvers[int](s)
			a.Follow(q)
			b.Follow(p)
			p.Done(nil, func(err error) { log(err.Error()) })
		},
		v8: "", here: promise.ErrCycle.Error(),
	},
	{
		name: "an Async function that nothing can wake is told so; JavaScript's sleeps for ever",
		js:   `(async () => { try { await new Promise(() => {}); } finally { log('left'); } })();`,
		run: func(s *scheduler.Scheduler, log func(string)) {
			never, _ := promise.WithResolvers[int](s)
			promise.Async(s, func(ctx context.Context) (int, error) {
				_, err := never.Await(ctx)
				if err != nil {
					log("left")
				}
				return 0, nil
			})
		},
		v8: "", here: "left",
	},
}

func beside(p *promise.Promise[int], log func(string)) {
	for _, n := range []string{"1", "2", "3", "4"} {
		p = p.Tap(func(int) { log(n) })
	}
}

func TestKnownDifferencesFromECMAScript(t *testing.T) {
	var snippets []string
	for _, d := range knownDifferences {
		snippets = append(snippets, d.js)
	}
	answers := node.Play[string, string](t, knownJS, snippets)
	for i, d := range knownDifferences {
		t.Run(d.name, func(t *testing.T) {
			var logged []string
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				d.run(s, func(text string) { logged = append(logged, text) })
				require.NoError(t, s.Run(context.Background()))
			})
			require.Equal(t, d.v8, answers[i], "V8")
			require.Equal(t, d.here, strings.Join(logged, " "), "the library")
		})
	}
}

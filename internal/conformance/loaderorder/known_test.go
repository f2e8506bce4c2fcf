package loaderorder_test

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/internal/conformance/node"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

//go:embed known.js
var knownJS string

// knownDifference is something that the library does otherwise than npm's dataloader, by design: the same program on both
// sides, and what each of them logs, name[keys] for a batch. This is the list; the random programs are kept away from it.
type knownDifference struct {
	name, why string
	js        string
	run       func(k *known)
	npm, here string
}

var knownDifferences = []knownDifference{
	{
		name: "a hit is given at once, not together with the batch",
		why:  "what a hit leads to can then join the batch of this tick, so there are fewer",
		js: `
			const users = new DataLoader(source('users'));
			users.load(1).then(() => {
				users.load(1).then(() => users.load(2));
				users.load(3);
			});`,
		run: func(k *known) {
			users := k.loader("users")
			users.Load(1).Tap(func(int) {
				users.Load(1).Tap(func(int) { users.Load(2) })
				users.Load(3)
			})
		},
		npm: "users[1] users[3] users[2]", here: "users[1] users[3 2]",
	},
	{
		name: "a hit alone doesn't open a batch, so loaders are served in the order of their first miss",
		why:  "there is nothing to send for it",
		js: `
			const users = new DataLoader(source('users')), posts = new DataLoader(source('posts'));
			users.prime(1, 1);
			users.load(1);
			posts.load(2);
			users.load(3);`,
		run: func(k *known) {
			users, posts := k.loader("users"), k.loader("posts")
			users.Prime(1, 1)
			users.Load(1)
			posts.Load(2)
			users.Load(3)
		},
		npm: "users[3] posts[2]", here: "posts[2] users[3]",
	},
	{
		name: "a key is in a batch once, though it was cleared and loaded again",
		why:  "the batch has not been sent yet, so it is as fresh as the clear asks for",
		js: `
			const users = new DataLoader(source('users'));
			users.load(1).then(v => log('first ' + v));
			users.clear(1);
			users.load(1).then(v => log('second ' + v));`,
		run: func(k *known) {
			users := k.loader("users")
			users.Load(1).Tap(func(v int) { k.log("first", v) })
			users.Clear(1)
			users.Load(1).Tap(func(v int) { k.log("second", v) })
		},
		npm: "users[1 1] first 1 second 1", here: "users[1] first 1 second 1",
	},
	{
		name: "a newer cache entry survives an older batch that fails",
		why:  "the failure says nothing of the value that took the key's place",
		js: `
			const users = new DataLoader(source('users', n => n === 0));
			users.load(1).catch(() => users.load(1)).then(v => log('then ' + v));
			users.clear(1).prime(1, 7);`,
		run: func(k *known) {
			users := k.failing("users", 0)
			users.Load(1).Catch(func(error) *promise.Promise[int] { return users.Load(1) }).Tap(func(v int) { k.log("then", v) })
			users.Clear(1).Prime(1, 7)
		},
		npm: "users[1] users[1] then 1", here: "users[1] then 7",
	},
	{
		name: "with a maximum size, all batches of one loader are sent before the next loader's",
		why:  "batches are cut at the tick end, loader by loader; JavaScript's loader opens them as it is called",
		js: `
			const users = new DataLoader(source('users'), { maxBatchSize: 1 }), posts = new DataLoader(source('posts'));
			users.load(1);
			posts.load(2);
			users.load(3);`,
		run: func(k *known) {
			users, posts := k.loader("users", dataloader.WithMaxBatchSize(1)), k.loader("posts")
			users.Load(1)
			posts.Load(2)
			users.Load(3)
		},
		npm: "users[1] posts[2] users[3]", here: "users[1] users[3] posts[2]",
	},
	{
		name: "a failing batch is reported in its turn, not after those of the round that work",
		why:  "JavaScript's comes a job later because its .catch stands behind a .then",
		js: `
			const users = new DataLoader(source('users', n => n === 0)), posts = new DataLoader(source('posts'));
			users.load(1).catch(() => log('failed'));
			posts.load(2).then(v => log('then ' + v));`,
		run: func(k *known) {
			users, posts := k.failing("users", 0), k.loader("posts")
			users.Load(1).Done(nil, func(error) { k.log("failed") })
			posts.Load(2).Tap(func(v int) { k.log("then", v) })
		},
		npm: "users[1] posts[2] then 2 failed", here: "users[1] posts[2] failed then 2",
	},
	{
		name: "LoadMany is rejected with the first error; JavaScript's loadMany puts errors among the values",
		why:  "in Go an error is no value; LoadSettled is JavaScript's loadMany",
		js: `
			const users = new DataLoader(source('users', n => n === 0));
			users.loadMany([1, 2]).then(vs => log('then ' + vs.map(v => v.message)), e => log('rejected ' + e.message));`,
		run: func(k *known) {
			k.failing("users", 0).LoadMany([]int{1, 2}).Done(
				func(vs []int) { k.log("then", vs) },
				func(err error) { k.log("rejected", errors.Unwrap(err)) },
			)
		},
		npm: "users[1 2] then failed,failed", here: "users[1 2] rejected failed",
	},
}

// known is the library's side of a difference.
type known struct {
	s      *scheduler.Scheduler
	logged []string
}

func (k *known) log(args ...any) {
	k.logged = append(k.logged, strings.TrimSuffix(fmt.Sprintln(args...), "\n"))
}

// loader makes a loader that answers with the keys themselves.
func (k *known) loader(name string, opts ...dataloader.Option) *dataloader.Loader[int, int] {
	return k.failing(name, -1, opts...)
}

// failing makes one whose n-th batch fails, counted from zero.
func (k *known) failing(name string, n int, opts ...dataloader.Option) *dataloader.Loader[int, int] {
	batches := 0
	return dataloader.New(k.s, func(_ context.Context, keys []int) ([]int, error) {
		k.log(fmt.Sprint(name, keys))
		batches++
		if batches == n+1 {
			return nil, errors.New("failed")
		}
		return keys, nil
	}, append(opts, dataloader.WithInline())...)
}

func TestKnownDifferencesFromDataLoader(t *testing.T) {
	node.Requires(t, "dataloader")
	var snippets []string
	for _, d := range knownDifferences {
		snippets = append(snippets, d.js)
	}
	answers := node.Play[string, string](t, knownJS, snippets)
	for i, d := range knownDifferences {
		t.Run(d.name, func(t *testing.T) {
			k := &known{s: scheduler.New()}
			d.run(k)
			require.NoError(t, k.s.Run(context.Background()))
			require.Equal(t, d.npm, answers[i], "npm's dataloader")
			require.Equal(t, d.here, strings.Join(k.logged, " "), "the library, because %s", d.why)
		})
	}
}

package trace_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/trace"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// bestFriends records a request that loads two users and the best friend of each.
func bestFriends(opts ...trace.Option) *trace.Recorder {
	rec := trace.New(opts...)
	loop := scheduler.New(scheduler.WithObserver(rec))
	users := dataloader.New(loop, fetchFriends, dataloader.WithName("users"))
	bestFriend := func(friend int) *promise.Promise[int] { return users.Load(friend) }
	users.Load(1).Then(bestFriend)
	users.Load(2).Then(bestFriend)
	if err := loop.Run(context.Background()); err != nil {
		fmt.Println(err)
	}
	return rec
}

func fetchFriends(_ context.Context, ids []int) ([]int, error) {
	friends := make([]int, len(ids))
	for i, id := range ids {
		friends[i] = id + 2
	}
	return friends, nil
}

func ExampleNew() {
	rec := trace.New()
	loop := scheduler.New(scheduler.WithObserver(rec))
	users := dataloader.New(loop, fetchFriends, dataloader.WithName("users"))

	bestFriend := func(friend int) *promise.Promise[int] { return users.Load(friend) }
	users.Load(1).Then(bestFriend)
	users.Load(2).Then(bestFriend)
	if err := loop.Run(context.Background()); err != nil {
		fmt.Println(err)
	}
	for _, b := range rec.Batches() {
		fmt.Println("round", b.Round, b.Loader.Name, b.Keys)
	}
	// Output:
	// round 1 users [1 2]
	// round 2 users [3 4]
}

func ExampleRecorder_Text() {
	rec := bestFriends()
	for line := range strings.Lines(rec.Text(trace.TextPlain())) {
		if columns := strings.Fields(line); len(columns) > 0 && columns[0] == "users" {
			fmt.Println(columns[0], columns[1], "keys,", strings.Join(columns[len(columns)-2:], " ")) // without times and bars
		}
	}
	// Output:
	// users 2 keys, 1 2
	// users 2 keys, 3 4
}

func ExampleRecorder_HTML() {
	var page bytes.Buffer // or a file
	if err := bestFriends().HTML(&page); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strings.Count(page.String(), `<div class="bar"`), "bars")
	// Output: 2 bars
}

func ExampleRecorder_ChromeTrace() {
	var file bytes.Buffer // or a file, to be opened at https://ui.perfetto.dev
	if err := bestFriends().ChromeTrace(&file); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strings.Count(file.String(), `"name":"users","cat":"batchtick","ph":"X"`), "slices")
	// Output: 2 slices
}

func ExampleRecorder_Summary() {
	rec := trace.New()
	loop := scheduler.New(scheduler.WithObserver(rec))
	users := dataloader.New(loop, fetchFriends, dataloader.WithName("users"))

	ctx := context.Background()
	for _, id := range []int{1, 2, 1} {
		if _, err := users.Load(id).Await(ctx); err != nil { // one at a time: nothing to batch
			fmt.Println(err)
		}
	}
	s := rec.Summary()
	fmt.Println(s.Rounds, "rounds,", s.Loads, "loads,", s.Hits, "hit")
	fmt.Println(s.Advice[0].Text)
	// Output:
	// 2 rounds, 3 loads, 1 hit
	// users: each of its 2 batches had one key: ask for all keys before you wait for the first, with LoadMany, promise.MapAll or promise.All
}

func ExampleWithKeys() {
	rec := bestFriends(trace.WithKeys(func(key any) string { return fmt.Sprintf("#%v", key) }))
	fmt.Println(strings.Contains(rec.Text(), "#1 #2"))
	// Output: true
}

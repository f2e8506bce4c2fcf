// The same two questions through a loader. Each step asks for what it needs, alone, and the loader turns
// everything that was asked in one tick into one round trip. This is the file to read first.
package main

import (
	"context"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// asker holds what one request needs: a loop, and a loader that lives and dies with it.
type asker struct {
	loop    *scheduler.Scheduler
	records *dataloader.Loader[Key, Record]
}

func newAsker(store *Store, opts []scheduler.Option) asker {
	loop := scheduler.New(opts...)
	return asker{loop, dataloader.New(loop, store.Get, dataloader.WithName("records"))}
}

// pair loads a person, then the best friend. It knows nothing of any other pair.
func (a asker) pair(id int) *promise.Promise[Pair] {
	return promise.Then(a.records.Load(userKey(id)), func(person Record) *promise.Promise[Pair] {
		return promise.Map(a.records.Load(userKey(person.BestFriend)), func(best Record) (Pair, error) {
			return Pair{person.Name, best.Name}, nil
		})
	})
}

func (a asker) pairs(ids []int) *promise.Promise[[]Pair] {
	return promise.MapAll(a.loop, ids, 0, a.pair)
}

// query answers me { bestFriend { friends(first: 5) { bestFriend } } }. The best friend's record and the list
// of that one's friends need the same id and nothing of each other, so they share a round trip.
func (a asker) query(id int) *promise.Promise[[]Pair] {
	return promise.Then(a.records.Load(userKey(id)), func(me Record) *promise.Promise[[]Pair] {
		best := a.records.Load(userKey(me.BestFriend))
		friends := promise.Then(a.records.Load(friendsKey(me.BestFriend)), func(list Record) *promise.Promise[[]Pair] {
			return a.pairs(list.Friends[:firstFriends])
		})
		return promise.Join2(a.loop, best, friends, func(best Record, friends []Pair) ([]Pair, error) {
			return append([]Pair{{me.Name, best.Name}}, friends...), nil
		})
	})
}

// loadedPairs makes two round trips, however many the ids: all the people, then all the best friends.
func loadedPairs(ctx context.Context, store *Store, ids []int, opts ...scheduler.Option) ([]Pair, error) {
	return newAsker(store, opts).pairs(ids).Await(ctx)
}

// loadedQuery makes four round trips at most, and fewer when people turn up twice.
func loadedQuery(ctx context.Context, store *Store, id int, opts ...scheduler.Option) ([]Pair, error) {
	return newAsker(store, opts).query(id).Await(ctx)
}

// The two questions asked the way one writes it first: get a record, look at it, get the next. This is the code
// that the loader has to beat. It uses the same store, one record at a time, and asks for none that it has in hand.
package main

import "context"

// Pair is a person with their best friend, by name. Both ways of asking must find the same pairs.
type Pair struct{ Person, BestFriend string }

// get is one record, and one round trip.
func get(ctx context.Context, store *Store, key Key) (Record, error) {
	records, err := store.Get(ctx, []Key{key})
	if err != nil {
		return Record{}, err
	}
	return records[0], nil
}

func naivePair(ctx context.Context, store *Store, id int) (Pair, error) {
	person, err := get(ctx, store, userKey(id))
	if err != nil {
		return Pair{}, err
	}
	best, err := get(ctx, store, userKey(person.BestFriend))
	if err != nil {
		return Pair{}, err
	}
	return Pair{person.Name, best.Name}, nil
}

// naivePairs makes two round trips for each id: the person, then the best friend.
func naivePairs(ctx context.Context, store *Store, ids []int) ([]Pair, error) {
	pairs := make([]Pair, len(ids))
	for i, id := range ids {
		pair, err := naivePair(ctx, store, id)
		if err != nil {
			return nil, err
		}
		pairs[i] = pair
	}
	return pairs, nil
}

// naiveQuery makes 13 round trips for me { bestFriend { friends(first: 5) { bestFriend } } }:
// me, the best friend, the list of friends, then five friends and the best friend of each.
func naiveQuery(ctx context.Context, store *Store, id int) ([]Pair, error) {
	me, err := get(ctx, store, userKey(id))
	if err != nil {
		return nil, err
	}
	best, err := get(ctx, store, userKey(me.BestFriend))
	if err != nil {
		return nil, err
	}
	list, err := get(ctx, store, friendsKey(me.BestFriend))
	if err != nil {
		return nil, err
	}
	pairs, err := naivePairs(ctx, store, list.Friends[:firstFriends])
	if err != nil {
		return nil, err
	}
	return append([]Pair{{me.Name, best.Name}}, pairs...), nil
}

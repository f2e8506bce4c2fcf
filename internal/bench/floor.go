package bench

import "context"

// floorLoader is what one would write by hand for one goroutine: collect keys, ask once, hand the values out.
//
// It does: a map that is both deduplication and cache, a slice of keys, a slice of waiting callbacks, one call of the batch
// function, values dealt out to the callbacks.
//
// It does not: promises, errors, goroutines, chains, cancellation, any check of what the batch function returned. Whoever
// uses it must know when to call dispatch: that knowledge is what the others find out for themselves.
type floorLoader struct {
	source  *source
	places  map[int]int // of each key that was ever asked for, its place in values, now or after the next dispatch
	values  []User
	keys    []int // asked for since the last dispatch
	waiting []waiter
}

type waiter struct {
	place int
	then  func(User)
}

func newFloorLoader(source *source) *floorLoader {
	return &floorLoader{source: source, places: make(map[int]int)}
}

func (l *floorLoader) load(key int, then func(User)) {
	place, known := l.places[key]
	switch {
	case !known:
		place = len(l.values) + len(l.keys)
		l.places[key] = place
		l.keys = append(l.keys, key)
	case place < len(l.values):
		then(l.values[place])
		return
	}
	l.waiting = append(l.waiting, waiter{place, then})
}

func (l *floorLoader) dispatch() {
	values, _ := l.source.fetch(context.Background(), l.keys)
	if l.values == nil {
		l.values = values
	} else {
		l.values = append(l.values, values...)
	}
	waiting := l.waiting
	l.keys, l.waiting = nil, nil
	for _, w := range waiting {
		w.then(l.values[w.place])
	}
}

package dataloader

import (
	"hash/maphash"
	"reflect"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// entry is a key that was asked for or primed, and what it got.
type entry[K, V any] struct {
	key K
	p   *promise.Promise[V] // what a cache has for key: own's promise, or what was primed; nil once that is deleted
	own promise.Cell[V]     // what the batch settles; zero if key was primed
}

// table is a map from keys to promises: the default Cache, the index of the queue where that needs one, and usually the
// queue itself. It is laid out as Python's dict is: rows in the order of their arrival, and an index of their numbers, by
// hash. So what was asked for since the last dispatch is the end of the rows.
//
// It is not a Go map because the loads of a request mostly fill it: a miss looks and adds with one hash in place of two,
// growing moves twelve bytes a key, and up to eight keys need neither hash nor index. Against a Go map and a queue beside
// it, that is a third of the time and of the memory.
type table[K comparable, V any] struct {
	rows  []*entry[K, V] // never changed in place, since batches have parts of it; a deleted entry stays until it grows
	index []uint32       // a row's number plus one, at its hash or after it; 0 is free. nil while there are few rows
	live  int            // rows whose entry has a promise
	risky bool           // hashing a key can panic

	from   int // where the queue begins, if the table is one
	primed int // rows from there on that are not queued

	// Entries come in blocks: with the promise in it, an entry would else be the one allocation of a load. One that
	// outlives the table keeps up to fifteen others alive.

	free []entry[K, V]
	made int
}

const (
	few                = 8 // rows that are searched one after the other
	blockMin, blockMax = 4, 16
)

var seed = maphash.MakeSeed()

// init must be called before the table is used.
func (t *table[K, V]) init() { t.risky = mayPanic(reflect.TypeFor[K]()) }

// mayPanic reports whether a key of type k can have something in it that can't be hashed.
func mayPanic(k reflect.Type) bool {
	switch k.Kind() {
	case reflect.Interface:
		return true
	case reflect.Array:
		return mayPanic(k.Elem())
	case reflect.Struct:
		for i := range k.NumField() {
			if mayPanic(k.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

// find returns the latest entry of key, nil if there is none, and the place in the index where it is or would be.
func (t *table[K, V]) find(key K) (e *entry[K, V], place uint) {
	if t.index == nil {
		for i := len(t.rows) - 1; i >= 0; i-- {
			if t.rows[i].key == key {
				return t.rows[i], 0
			}
		}
		return nil, 0
	}
	mask := uint(len(t.index) - 1)
	for place = uint(maphash.Comparable(seed, key)); ; place++ {
		place &= mask
		number := t.index[place]
		if number == 0 {
			return nil, place
		}
		if e := t.rows[number-1]; e.key == key {
			return e, place
		}
	}
}

// load adds a new entry for key and queues it. place is what find returned, with no change of the table since.
func (t *table[K, V]) load(s *scheduler.Scheduler, key K, place uint) *entry[K, V] {
	e := t.fresh(key)
	e.own.Init(s)
	e.p = e.own.Promise()
	t.add(e, place)
	return e
}

func (t *table[K, V]) fresh(key K) *entry[K, V] {
	if len(t.free) == 0 {
		t.free = make([]entry[K, V], min(max(t.made, blockMin), blockMax))
		t.made += len(t.free)
	}
	e := &t.free[0]
	t.free = t.free[1:]
	e.key = key
	return e
}

// add appends an entry. An earlier one of the same key is deleted already, and is found no more.
func (t *table[K, V]) add(e *entry[K, V], place uint) {
	if len(t.rows) == cap(t.rows) {
		t.grow()
		if t.index != nil {
			_, place = t.find(e.key)
		}
	}
	t.rows = append(t.rows, e)
	t.live++
	if t.index != nil {
		t.index[place] = uint32(len(t.rows))
	}
}

// grow makes room for more rows: twice as many, or the same number without what is deleted. What is queued stays.
func (t *table[K, V]) grow() {
	kept, from := 0, 0
	for i, e := range t.rows {
		if e.p != nil || i >= t.from {
			kept++
			if i < t.from {
				from++
			}
		}
	}
	old, size := t.rows, max(few, len(t.rows))
	if kept > len(old)/2 {
		size = max(few, 2*len(old))
	}
	t.rows = make([]*entry[K, V], 0, size)
	if kept == len(old) && size <= len(t.index)/2 { // the numbers stay as they are, and at least half of the index free
		t.rows = append(t.rows, old...)
		return
	}
	switch {
	case size <= few:
		t.index = nil
	case size <= len(t.index)/2:
		clear(t.index)
	default:
		t.index = make([]uint32, 4*size) // so every second growth can keep it
	}
	for i, e := range old {
		if e.p == nil && i < t.from {
			continue
		}
		t.rows = append(t.rows, e)
		if t.index != nil {
			_, place := t.find(e.key)
			t.index[place] = uint32(len(t.rows))
		}
	}
	t.from = from
}

// queued returns what was loaded since the last dispatch.
func (t *table[K, V]) queued() []*entry[K, V] {
	tail := t.rows[t.from:len(t.rows):len(t.rows)]
	if t.primed == 0 {
		return tail
	}
	entries := make([]*entry[K, V], 0, len(tail)-t.primed)
	for _, e := range tail {
		if e.own.Promise().Scheduler() != nil {
			entries = append(entries, e)
		}
	}
	return entries
}

// dispatched empties the queue.
func (t *table[K, V]) dispatched() { t.from, t.primed = len(t.rows), 0 }

// check panics, as a map would, if key can't be hashed: a table of few rows does not, and would keep it.
func (t *table[K, V]) check(key K) {
	if t.risky {
		maphash.Comparable(seed, key)
	}
}

// Get implements Cache.
func (t *table[K, V]) Get(key K) (*promise.Promise[V], bool) {
	t.check(key)
	if e, _ := t.find(key); e != nil && e.p != nil {
		return e.p, true
	}
	return nil, false
}

// Set implements Cache.
func (t *table[K, V]) Set(key K, p *promise.Promise[V]) {
	t.check(key)
	e, place := t.find(key)
	if e != nil && e.p != nil {
		e.p = p
		return
	}
	e = &entry[K, V]{key: key, p: p}
	t.add(e, place)
	t.primed++
	if len(t.rows)-t.from == t.primed { // nothing is queued, and what is deleted need not stay
		t.dispatched()
	}
}

// Delete implements Cache.
func (t *table[K, V]) Delete(key K) {
	t.check(key)
	if e, _ := t.find(key); e != nil && e.p != nil {
		e.p = nil
		t.live--
	}
}

// Clear implements Cache.
func (t *table[K, V]) Clear() {
	t.rows, t.index, t.live, t.from, t.primed = nil, nil, 0, 0, 0
}

func (t *table[K, V]) empty() index[K, V] {
	fresh := &table[K, V]{}
	fresh.init()
	return fresh
}

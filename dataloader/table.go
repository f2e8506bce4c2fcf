package dataloader

import (
	"hash/maphash"
	"reflect"

	"github.com/batchtick/batchtick/promise"
)

// table is a map from keys to promises: the default Cache, and the index of the queue where that needs one. It is laid out
// as Python's dict is: rows in the order of their arrival, and an index of their numbers, by hash. It is not a Go map
// because the loads of a request mostly fill it: a miss looks and adds with one hash in place of two, growing moves four
// bytes a key and not seventeen, and up to eight keys need neither hash nor index. That takes a third off the time and the
// memory of a key, against a Go map.
type table[K comparable, V any] struct {
	rows  []row[K, V]
	index []uint32 // a row's number plus one, at its hash or after it; 0 is free. nil while there are few rows
	live  int      // rows that have a promise
	risky bool     // hashing a key can panic
}

// row is a key and its promise; nil if that was deleted. The row stays, since the index leads past it to others.
type row[K comparable, V any] struct {
	key K
	p   *promise.Promise[V]
}

const few = 8 // rows that are searched one after the other

var seed = maphash.MakeSeed()

// init must be called before the table is used.
func (t *table[K, V]) init() {
	switch reflect.TypeFor[K]().Kind() {
	case reflect.Interface, reflect.Struct, reflect.Array: // may have an interface in it, and that a slice
		t.risky = true
	}
}

// find returns the row of key, nil if there is none, and the place in the index where it is or would be.
func (t *table[K, V]) find(key K) (r *row[K, V], place uint) {
	if t.index == nil {
		for i := range t.rows {
			if t.rows[i].key == key {
				return &t.rows[i], 0
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
		if r := &t.rows[number-1]; r.key == key {
			return r, place
		}
	}
}

// put gives key its promise. r and place are what find returned, with no change of the table since.
func (t *table[K, V]) put(r *row[K, V], place uint, key K, p *promise.Promise[V]) {
	switch {
	case r == nil && len(t.rows) == cap(t.rows):
		t.grow()
		t.add(key, p)
	case r == nil:
		t.rows = append(t.rows, row[K, V]{key, p})
		t.live++
		if t.index != nil {
			t.index[place] = uint32(len(t.rows))
		}
	default:
		if r.p == nil {
			t.live++
		}
		r.p = p
	}
}

// add is put of a key that is not there, into rows that have room.
func (t *table[K, V]) add(key K, p *promise.Promise[V]) {
	place := uint(0)
	if t.index != nil {
		mask := uint(len(t.index) - 1)
		for place = uint(maphash.Comparable(seed, key)) & mask; t.index[place] != 0; place = (place + 1) & mask {
		}
	}
	t.put(nil, place, key, p)
}

// grow makes room for more rows: twice as many, or where half of them are deleted, the place of those.
func (t *table[K, V]) grow() {
	old := t.rows
	size := max(few, len(old))
	if t.live > len(old)/2 {
		size = max(few, 2*len(old))
	}
	t.rows = make([]row[K, V], 0, size)
	if t.live == len(old) && size <= len(t.index)/2 { // the numbers stay as they are, and at least half of the index free
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
	t.live = 0
	for i := range old {
		if old[i].p != nil {
			t.add(old[i].key, old[i].p)
		}
	}
}

// check panics, as a map would, if key can't be hashed: a table of few rows does not, and would keep it.
func (t *table[K, V]) check(key K) {
	if t.risky {
		maphash.Comparable(seed, key)
	}
}

// Get implements Cache.
func (t *table[K, V]) Get(key K) (*promise.Promise[V], bool) {
	t.check(key)
	if r, _ := t.find(key); r != nil && r.p != nil {
		return r.p, true
	}
	return nil, false
}

// Set implements Cache.
func (t *table[K, V]) Set(key K, p *promise.Promise[V]) {
	t.check(key)
	r, place := t.find(key)
	t.put(r, place, key, p)
}

// Delete implements Cache.
func (t *table[K, V]) Delete(key K) {
	t.check(key)
	if r, _ := t.find(key); r != nil && r.p != nil {
		r.p = nil
		t.live--
	}
}

// Clear implements Cache.
func (t *table[K, V]) Clear() { t.rows, t.index, t.live = nil, nil, 0 }

func (t *table[K, V]) empty() index[K, V] {
	fresh := &table[K, V]{}
	fresh.init()
	return fresh
}

// A twin that prints something else is no twin: the whole page's output is checked.
package main

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func Example() {
	main()
	// Output:
	// # Promise
	// 10
	// n is 20
	// made by hand
	// true
	// settled from outside
	// -1
	// 4
	// mended: boom
	// error: boom
	// [1 2 3]
	// map[a:1 b:2]
	// 4
	// 2
	// # DataLoader
	// batch: [1 2]
	// batch: [3 4]
	// [Chidi Dana]
	// [Ada Bruno Chidi]
	// batch: [1]
	// Ada
	// Zoe
	// batch: [7]
	// nobody: no user 7
	// batch: [1 4]
	// batch: [3]
	// [Chidi Chidi]
	// # async and await
	// batch: [1 2]
	// batch: [3 4]
	// Ada's best friend is Chidi
	// Bruno's best friend is Dana
	// batch: [7]
	// error: no user 7
}

//go:build race

package dataloader_test

// raceEnabled scales tests down: the race detector dies of more than 8 128 goroutines, and takes memory per access.
const raceEnabled = true

//go:build !race

package dataloader_test

const raceEnabled = false

// Months that play one after the other: which one it is follows from the time, so that a slow machine skips months.

const MONTH_MS = [100, 250]; // a month lasts, at least and at most
const PLAY_MS = 12000;

export const player = {
  moving: 0, // the frame that is asked for, 0 where nothing plays
  stop() {
    cancelAnimationFrame(this.moving);
    this.moving = 0;
  },
  // Show the months from one to the last of so many; `show` takes a month with its part that has passed.
  play(from, last, months, show) {
    const begun = performance.now(), long = Math.max(MONTH_MS[0], Math.min(MONTH_MS[1], PLAY_MS / months));
    const turn = () => {
      const now = Math.min(last, from + (performance.now() - begun) / long);
      this.moving = now < last ? requestAnimationFrame(turn) : 0;
      show(now);
    };
    this.moving = requestAnimationFrame(turn);
  },
};

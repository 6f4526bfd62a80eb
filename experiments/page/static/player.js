// Animation of months: the month follows from the elapsed time, so that a slow machine skips months.

const MONTH_MS = [100, 250]; // shortest and longest duration of a month
const PLAY_MS = 12000;

export const player = {
  moving: 0, // requested animation frame, 0 if none
  stop() {
    cancelAnimationFrame(this.moving);
    this.moving = 0;
  },
  // Play from one month to the last; `months` is their number, and `show` takes a month with its elapsed fraction.
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

/** Gets something for whoever asks; those who ask for the same meanwhile share it. Undefined: they were given up. */
export type Flights<T> = (key: string, start: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal) => Share<T>;

type Share<T> = Promise<T | undefined>;

interface Flight<T> {
  readonly result: Promise<T>;
  readonly abandoned: AbortController;
  passengers: number;
}

/** What is under way is given up when the last one who waits for it has left. */
export function createFlights<T>(): Flights<T> {
  const flights = new Map<string, Flight<T>>();

  const launch = (key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> => {
    const abandoned = new AbortController();
    const flight: Flight<T> = { result: start(abandoned.signal), abandoned, passengers: 0 };
    flights.set(key, flight);
    const land = () => forget(key, flight);
    flight.result.then(land, land);
    return flight;
  };
  const forget = (key: string, flight: Flight<T>) => {
    if (flights.get(key) === flight) flights.delete(key);
  };

  return (key, start, signal) => {
    if (signal?.aborted === true) return Promise.resolve(undefined);
    const flight = flights.get(key) ?? launch(key, start);
    flight.passengers += 1;
    return new Promise((resolve, reject) => {
      const leave = () => {
        flight.passengers -= 1;
        resolve(undefined);
        if (flight.passengers > 0) return;
        forget(key, flight);
        flight.abandoned.abort();
      };
      const stay = () => signal?.removeEventListener('abort', leave);
      signal?.addEventListener('abort', leave, { once: true });
      flight.result.then(resolve, reject).finally(stay);
    });
  };
}

// The pictures that a visitor without one can try, in their order.

export const SAMPLES = [{ name: 'beach' }, { name: 'meadow' }, { name: 'street', isWrong: true }];

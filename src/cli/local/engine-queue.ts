/**
 * The queue on which the engine's workflows run. Written out, since only the worker reaches into the workflows; a test holds
 * it equal to theirs.
 */
export const ENGINE_QUEUE = 'handback';

import { sentence, shell } from '../base/cure.ts'
import type { Refusal } from './refusal.ts'

/** Why a long program got no thread: pthread_create(3). */
export function explainNoThread(errno: string): Refusal {
  if (errno !== 'EAGAIN')
    return { code: 'EREFUSED', reason: `no thread could be created (${errno})` }
  return {
    code: 'EREFUSED',
    reason: 'the system gives this user or container no more threads (EAGAIN)',
    cure: sentence`let fewer programs run at once, or raise the limit: ${shell('ulimit -u')}, or pids.max of the cgroup`,
  }
}

/* end_limit.h: bounds how long the end of the program takes. */
#ifndef CMD_END_LIMIT_H
#define CMD_END_LIMIT_H

/* Starts a timer: the program exits with code 0 if it has not ended within 1.7 s. So a stop takes
 * two seconds at most, whatever still runs. Nothing is lost: everything that was acknowledged is
 * on the disk already. */
void end_limit_begin(void);

#endif

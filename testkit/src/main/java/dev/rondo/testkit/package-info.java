/// What tests of ops, cells and imported models need: gradients by differences, every op written out in double precision, and
/// results of other frameworks to compare with.
///
/// [GradientChecker] compares a gradient with central differences of a function of doubles, [TapeGradients] that of anything
/// computed on a [dev.rondo.tape.Tape]. [ReferenceOps], [ReferenceActivation] and the cells [ReferenceSimpleRnn],
/// [ReferenceLstm], [ReferenceGru] and [ReferenceGruResetBefore] follow the equations one sequence, one step and one element at
/// a time; they share no code with the ops of Rondo. [Golden] reads what other frameworks computed.
@NullMarked
package dev.rondo.testkit;

import org.jspecify.annotations.NullMarked;

import type { Question } from "./question";
import { welcomeQuiz } from "./quizzes/00";
import { explorationQuiz } from "./quizzes/01";
import { preprocessingQuiz } from "./quizzes/02";
import { isolationForestQuiz } from "./quizzes/03";
import { autoencoderQuiz } from "./quizzes/04";
import { evaluationQuiz } from "./quizzes/05";
import { visualizationQuiz } from "./quizzes/06";
import { ownTrafficQuiz } from "./quizzes/07";
import { ownTableQuiz } from "./quizzes/08";
import { blindSpotsQuiz } from "./quizzes/09";

/** The quizzes by the number of their notebook. */
export const quizzes: { readonly [notebook: string]: readonly Question[] } = {
  0: welcomeQuiz,
  1: explorationQuiz,
  2: preprocessingQuiz,
  3: isolationForestQuiz,
  4: autoencoderQuiz,
  5: evaluationQuiz,
  6: visualizationQuiz,
  7: ownTrafficQuiz,
  8: ownTableQuiz,
  9: blindSpotsQuiz,
};
